"""The documentation names what is there, and all of it."""

import re
from pathlib import Path

import markdown
import pytest
from django.core.management import get_commands

from connectors.sync.flow import flows
from exceptions.action import actions
from exceptions.kind import kinds
from integration.accounts.roles import Role
from integration.mapping.columns import COLUMNS

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
MANUAL = ROOT / "docs" / "manual"
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    targets = [link for link in LINK.findall(page.read_text()) if "://" not in link]

    broken = [link for link in targets if not (page.parent / link).resolve().exists()]

    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_row_of_a_table_has_as_many_cells_as_its_heading(page):
    """One cell more is dropped where the page is shown."""
    tables = re.findall(r"(?:^\|.*\n)+", page.read_text(), re.MULTILINE)

    odd = [
        row
        for table in tables
        for row in table.splitlines()
        if row.count("|") != table.splitlines()[0].count("|")
    ]

    assert odd == []


def test_every_decision_has_a_number_of_its_own_and_is_listed():
    decisions = sorted((ROOT / "docs" / "adr").glob("0*.md"))
    index = (ROOT / "docs" / "adr" / "README.md").read_text()

    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    for path in decisions:
        assert f"| [{path.name[:4]}]({path.name}) |" in index


@pytest.mark.parametrize("slug", sorted(kinds()))
def test_every_kind_has_its_page_with_owner_and_steps(slug):
    text = (ROOT / kinds()[slug].manual).read_text()

    assert text.startswith("# ")
    assert "## Who owns it" in text
    assert "## What to do" in text


def test_no_page_asks_a_person_to_type_a_command():
    """Commands are for those who run the desk, and stand in the manual."""
    steps = {f"kind {slug}": " ".join(kind.what_to_do) for slug, kind in kinds().items()}
    pages = {str(page): page.read_text() for page in (ROOT / "templates").rglob("*.html")}

    assert [name for name, text in (steps | pages).items() if "manage.py" in text] == []


@pytest.mark.parametrize(
    ("template", "page"), [("audit/audit", "roles"), ("consent/desk", "consent")]
)
def test_a_page_leads_to_a_place_of_the_manual_that_is_there(template, page):
    text = (ROOT / "templates" / f"{template}.html").read_text()

    (place,) = re.findall(rf"manual-page' '{page}' %}}#([\w-]+)", text)

    html = markdown.markdown((MANUAL / f"{page}.md").read_text(), extensions=["toc"])
    assert f'id="{place}"' in html


def test_the_manual_lists_every_kind_with_its_owner():
    index = (MANUAL / "README.md").read_text()

    rows = dict(re.findall(r"\(kinds/(\w+)\.md\) \|[^|]+\| (\w+) \|", index))

    assert rows == {slug: kind.owner.value for slug, kind in kinds().items()}


def test_the_index_of_the_manual_leads_to_every_page():
    index = (MANUAL / "README.md").read_text()
    pages = {path.relative_to(MANUAL).as_posix() for path in MANUAL.glob("*.md")}

    assert sorted(page for page in pages - {"README.md"} if f"({page})" not in index) == []


def test_the_manual_names_every_column_that_is_read():
    text = (MANUAL / "order-tables.md").read_text()

    missing = [
        column
        for columns in COLUMNS.values()
        for column in columns.values()
        if not re.match(r"(Invoice|Delivery)", column) and column not in text
    ]

    assert missing == []


def test_the_manual_names_every_role_and_flow():
    roles = (MANUAL / "roles.md").read_text()
    syncs = (MANUAL / "syncs.md").read_text()

    assert [role for role in Role if role.value not in roles] == []
    assert [flow.title for flow in flows().values() if flow.title not in syncs] == []


@pytest.mark.parametrize("slug", sorted(actions()))
def test_every_action_explains_itself(slug):
    action = actions()[slug]

    assert action.label[0].isupper()
    assert action.help.endswith(".")


def test_every_decision_is_in_the_index():
    index = (ROOT / "docs" / "adr" / "README.md").read_text()
    decisions = sorted(path.name for path in (ROOT / "docs" / "adr").glob("0*.md"))

    assert [name for name in decisions if f"({name})" not in index] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_is_named_is_there(page):
    text = page.read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    named = set(re.findall(r"manage\.py ([a-z_]+)", text))
    made = set(re.findall(r"(?:`|^\$ |^    )make ([a-z-]+)", text, re.MULTILINE))

    assert named - set(get_commands()) == set()
    assert made - targets == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_is_unfinished(page):
    assert re.findall(r"\b(?:TODO|FIXME|TBD|XXX|[Ll]orem ipsum)\b", page.read_text()) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_a_page_names_is_there(page):
    named = re.findall(
        r"`((?:connectors|integration|exceptions|tests|docs)/[\w/.-]+\.\w+)`", page.read_text()
    )

    assert [path for path in named if not (ROOT / path).exists()] == []
