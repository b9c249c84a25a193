"""The ground of a bench: its folder, its database, and the programs it starts and stops."""

import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.management.measuring.own_database import OwnDatabase
from connectors.management.measuring.report import Report
from integration.demo.processes import Program, ProgramFailed, Programs
from integration.demo.screen import Say, step
from integration.env import ROOT

PATIENCE_SECONDS = 600.0
_PAUSE = 0.1
_READY = re.compile(r"^ready: (\S+)$", re.MULTILINE)


@dataclass(slots=True)
class Ground:
    """`folder` goes away with the bench."""

    bench: str
    folder: Path
    database: OwnDatabase
    programs: Programs = field(init=False)

    def __post_init__(self) -> None:
        self.programs = Programs(
            self.folder / "logs", {**os.environ, **self.database.environment(), **_QUIET}
        )

    def manage(self, doing: str, *words: str) -> str:
        """Runs a command of the project in the bench's database; what it printed."""
        with step(doing):
            return self.programs.run(words[0], [*_manage(), *words])

    def part(self, doing: str, part: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Runs a part of the bench in a process of its own, and shows how far it is."""
        with step(doing) as how_far, self.beside(part, given) as report:
            program = self.programs.started[-1]
            while program.process.poll() is None:
                how_far(report.how_far())
                self._check_others(program)
                time.sleep(_PAUSE)
        return report.result()

    @contextmanager
    def beside(self, part: str, given: Mapping[str, Any]) -> Iterator[Report]:
        """A part that runs beside others; it is waited for, then its report has its result."""
        path = self.folder / f"{part}.report"
        report = Report(path)
        report.give({})
        words = ["--part", part, "--given", json.dumps(dict(given)), "--report", str(path)]
        program = self.programs.start(part, [*_manage(), "bench", self.bench, *words])
        yield report
        if program.process.wait():
            program.check()
        self.programs.started.remove(program)

    def _check_others(self, program: Program) -> None:
        """Raises ProgramFailed when one that this one may be waiting for has failed."""
        for other in self.programs.started:
            if other is not program and other.process.poll():
                other.check()

    def fresh_database(self) -> None:
        """Empty, with all tables."""
        with step(f"Making the database {self.database.name}"):
            self.database.make()
            self.programs.run("migrate", [*_manage(), "migrate", "--no-input"])

    @contextmanager
    def sandbox(self, scenario: Path, name: str) -> Iterator[str]:
        """Both systems in a program of their own with data of their own; where they are."""
        data = self.folder / name
        words = ["--scenario", str(scenario), "--port", "0", "--data", str(data)]
        with step(f"Starting a sandbox for the {name}") as how_far:
            program = self.programs.start(f"sandbox-{name}", [*_sandbox(), *words])
            url = _ready(program, how_far)
        try:
            yield url
        finally:
            program.process.terminate()
            program.process.wait()
            self.programs.started.remove(program)


_QUIET = {
    "DEBUG": "false",
    "LOG_LEVEL": "WARNING",
    "PYTHONPATH": str(ROOT),
    "PYTHONUNBUFFERED": "1",
    "PYTHONWARNINGS": "ignore",
}


def _manage() -> list[str]:
    return [str(ROOT / "manage.py")]


def _sandbox() -> list[str]:
    return ["-m", "connectors.sandbox"]


def _ready(program: Program, say: Say) -> str:
    """The address the sandbox tells when it has loaded its world. Raises ProgramFailed."""
    begun = time.monotonic()
    while (waited := time.monotonic() - begun) < PATIENCE_SECONDS:
        if found := _READY.search(program.log.read_text()):
            return found[1]
        program.check()
        say(f"{waited:.0f} s")
        time.sleep(_PAUSE)
    raise ProgramFailed(f"The {program.name} was not ready within {PATIENCE_SECONDS:.0f} seconds.")
