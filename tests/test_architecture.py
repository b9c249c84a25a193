"""The shape of the code: floors, names, sizes, and rules that no linter knows."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("exceptions", "reconciliation", "connectors", "integration")
FORBIDDEN = {"utils", "util", "helpers", "helper", "manager", "managers", "processor", "handler"}
FORBIDDEN |= {"handlers", "common", "misc", "exceptions"}
RUNNER = "connectors/sync/runner.py"
LONGEST = 400
MONEY = (
    "connectors/sync/orders",
    "connectors/prima",
    "connectors/gateways",
    "integration/records",
    "integration/mapping",
)


def _modules(*tops: str) -> Iterator[Path]:
    for top in tops:
        yield from sorted((ROOT / top).rglob("*.py"))


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def _is_migration(path: Path) -> bool:
    return path.parent.name == "migrations"


def test_no_module_is_longer_than_anybody_reads() -> None:
    long = {
        _name(path): count
        for path in _modules(*APPS, "tests")
        if not _is_migration(path) and (count := len(path.read_text().splitlines())) > LONGEST
    }
    assert long == {}


def test_no_file_hides_behind_a_name_that_says_nothing() -> None:
    vague = [
        _name(path)
        for path in _modules(*APPS)
        if path.stem in FORBIDDEN or (path.stem == "__init__" and path.parent.name in FORBIDDEN)
    ]
    assert vague == ["exceptions/__init__.py"]


def test_every_module_opens_with_what_it_holds() -> None:
    silent = [
        _name(path)
        for path in _modules(*APPS)
        if not _is_migration(path)
        and path.read_text().strip()
        and not ast.get_docstring(_tree(path))
    ]
    assert silent == []


def test_only_the_runner_catches_everything() -> None:
    broad = [
        f"{_name(path)}:{node.lineno}"
        for path in _modules(*APPS)
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.ExceptHandler) and _is_broad(node) and not _passes_on(node)
    ]
    assert [place for place in broad if not place.startswith(RUNNER)] == []
    assert len(broad) <= 1


def _is_broad(handler: ast.ExceptHandler) -> bool:
    caught = handler.type
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(
        name is None or (isinstance(name, ast.Name) and name.id in {"Exception", "BaseException"})
        for name in names
    )


def _passes_on(handler: ast.ExceptHandler) -> bool:
    """It only tidies up and lets the error go on."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


@pytest.mark.parametrize("top", MONEY)
def test_money_is_never_a_float(top: str) -> None:
    floats = [
        f"{_name(path)}:{node.lineno}"
        for path in _modules(top)
        if not _is_migration(path) and path.name != "auth.py"  # The life of a token is no money.
        for node in ast.walk(_tree(path))
        if (isinstance(node, ast.Call) and _called(node) in {"float", "FloatField"})
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    ]
    assert floats == []


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def test_only_connectors_open_connections() -> None:
    """The demo looks at its own servers; nothing else of the other floors does."""
    speaking = {
        _name(path)
        for path in _modules("exceptions", "reconciliation", "integration")
        if {"requests", "urllib3", "httpx", "socket", "http.client", "urllib.request"}
        & _imported(path)
    }
    assert speaking == {"integration/demo/ports.py", "integration/demo/waiting.py"}


def _imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_no_clock_is_read_behind_the_back_of_the_time_zone() -> None:
    naive = [
        f"{_name(path)}:{number}"
        for path in _modules(*APPS)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"\bdatetime\.(now|utcnow|today)\(\)|\bdate\.today\(\)", line)
    ]
    assert naive == []


def test_only_the_consent_gate_clears_an_audience() -> None:
    clearing = [
        _name(path) for path in _modules(*APPS) if "cleared_by_the_gate" in path.read_text()
    ]
    assert clearing == ["integration/consent/suppression.py", "integration/records/audience.py"]


def test_members_of_a_folder_of_plug_ins_load_with_manage_check() -> None:
    """Two new members with one slug would stop the desk from starting."""
    from exceptions import action, kind  # noqa: PLC0415 - needs the apps to be ready

    assert action.__doc__
    assert kind.__doc__


def test_the_example_of_settings_names_every_setting() -> None:
    # given
    typed = "flag|whole|number|names|time_zone|log_level|box_keys|kept_secret"
    read = re.compile(rf'(?:_port|env\.\w+|{typed}|environ\.get)\(\s*"([A-Z][A-Z_]+)"')
    used = {
        name
        for path in [*_modules("integration"), *(ROOT / ".ci").glob("*.py")]
        for name in read.findall(path.read_text())
    }
    used |= set(re.findall(r"\$\{([A-Z_]+):-", (ROOT / "Procfile").read_text()))

    # when
    told = set(re.findall(r"^# ([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    # then
    assert told == used


def test_the_floors_hold() -> None:
    ran = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
