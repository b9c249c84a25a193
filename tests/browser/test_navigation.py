"""The bar at the top: one line, and its menus by mouse, by keyboard and without scripts."""

import re

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LAPTOP = {"width": 1366, "height": 768}


def bar(page: Page) -> float:
    box = page.locator(".masthead").bounding_box()
    assert box is not None
    return box["height"]


@pytest.mark.parametrize("width", [1280, LAPTOP["width"]])
@pytest.mark.parametrize("who", ["admin_person", "operations"])
def test_the_bar_stays_on_one_line_for_whoever_sees_most(sign_in, who, width, request):
    page = sign_in(request.getfixturevalue(who))
    page.set_viewport_size({**LAPTOP, "width": width})

    page.goto(reverse("reconciliation"))

    assert bar(page) < 60
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize(
    "javascript",
    [
        pytest.param(True, id="with scripts"),
        pytest.param(False, id="without scripts", marks=pytest.mark.slow),
    ],
)
def test_a_menu_opens_by_keyboard_and_says_where_one_is(javascript, sign_in, admin_person):
    page = sign_in(admin_person, javascript=javascript)
    page.goto(reverse("approvals"))
    syncs = page.get_by_role("navigation", name="Main").get_by_role("link", name="Syncs")
    expect(syncs).to_be_hidden()

    page.locator("nav summary", has_text="More").focus()
    page.keyboard.press("Enter")
    expect(syncs).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(rf"{reverse('syncs')}$"))
    expect(page.locator("nav summary.current")).to_have_text("More")


def test_a_menu_closes_by_escape_and_has_no_serious_violation(sign_in, admin_person):
    page = sign_in(admin_person)
    page.goto(reverse("approvals"))
    more = page.locator("nav summary", has_text="More")
    more.click()
    link = page.get_by_role("navigation", name="Main").get_by_role("link", name="Audit")
    expect(link).to_be_visible()
    assert violations(page) == []
    link.focus()

    page.keyboard.press("Escape")

    expect(link).to_be_hidden()
    expect(more).to_be_focused()


def test_every_page_of_the_bar_is_in_it_or_in_a_menu(sign_in, admin_person):
    page = sign_in(admin_person)
    for menu in page.locator("nav[aria-label=Main] summary").all():
        menu.evaluate("one => { one.parentElement.open = true }")

    shown = page.locator("nav[aria-label=Main] a").all_text_contents()

    wanted = {
        entry["label"]
        for entry in settings.NAVIGATION
        if not entry.get("permission") or admin_person.may(entry["permission"])
    }
    assert {text.strip() for text in shown} == wanted
