"""Finance at its screens in a browser: keys on the matching screen, and axe on each page."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect

from integration.mirror.models import PrimaDocument
from reconciliation.models import Difference, GatewayLine, Match
from tests.factories.books import world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def violations(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page).response["violations"]
    return [
        (one["id"], one["nodes"][0]["html"])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def test_no_page_of_reconciliation_has_a_serious_violation(sign_in, finance):
    world()
    page = sign_in(finance)
    pages = [
        reverse("reconciliation"),
        reverse("differences"),
        *[reverse("difference", args=[one.pk]) for one in Difference.objects.all()[:3]],
        reverse("agreed", args=["order_to_prima"]),
        reverse("matching"),
        reverse("matches"),
    ]

    found = {}
    for address in pages:
        page.goto(address)
        if serious := violations(page):
            found[address] = serious

    assert found == {}


def test_lines_are_walked_rejected_and_accepted_by_keys_alone(sign_in, finance):
    world()
    PrimaDocument.objects.filter(number="INV-1").update(minor=10000)
    first = GatewayLine.objects.get(line_id="ch_1")
    page = sign_in(finance)
    page.goto(reverse("matching"))
    expect(page.get_by_role("button", name="Accept")).to_have_count(1)
    expect(page.get_by_role("button", name="Propose")).to_have_count(1)

    page.keyboard.press("n")
    expect(page.get_by_text("ch_2")).to_be_visible()
    page.keyboard.press("p")
    expect(page.get_by_text("ch_1")).to_be_visible()
    page.keyboard.press("r")
    expect(page.get_by_role("button", name="Reject")).to_have_count(1)
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_contain_text("Line ch_1 matched")
    assert Match.objects.get().line == first

    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/reconciliation/differences/\d+/"))


def test_a_line_is_accepted_without_javascript(sign_in, finance):
    world()
    PrimaDocument.objects.filter(number="INV-1").update(minor=10000)
    page = sign_in(finance, javascript=False)
    page.goto(reverse("matching"))

    page.get_by_role("button", name="Accept").first.click()

    expect(page.get_by_role("status")).to_contain_text("Line ch_1 matched")
