"""The manual, read in the browser."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

MANUAL = Path(__file__).resolve().parents[3] / "docs" / "manual"
PAGES = sorted(path.relative_to(MANUAL).with_suffix("").as_posix() for path in MANUAL.rglob("*.md"))


@pytest.mark.parametrize("name", [page for page in PAGES if page != "README"])
def test_every_page_of_the_manual_has_one_heading_and_links_that_open(name, client_for, operations):
    client = client_for(operations)
    address = reverse("manual-page", args=[name])

    page = client.get(address).content.decode()

    assert page.count("<h1") == 1
    prose = page[page.index("<article") :]
    inside = set(re.findall(r'href="(/manual/[^"#]*)', prose))
    assert [link for link in inside if client.get(link).status_code != 200] == []
    assert re.findall(r'href="[^"]*\.md', prose) == []


@pytest.mark.parametrize("name", ["nonsense", "../README", "kinds/nonsense"])
def test_a_page_that_is_not_there_is_not_found(name, client_for, operations):
    assert client_for(operations).get(f"/manual/{name}/").status_code == 404
