"""Finance at its screens in a browser: keys on the matching screen, and axe on each page."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from integration.mirror.models import PrimaDocument
from reconciliation import periods
from reconciliation.models import Difference, GatewayLine, Match
from reconciliation.views.saved import LISTS
from tests.browser.axe import violations
from tests.factories.books import world
from tests.factories.desk_of_finance import desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.slow
def test_no_page_of_reconciliation_has_a_serious_violation(sign_in, finance, finance2):
    made = desk(finance2)
    october = periods.period_of("main", date(2026, 10, 1))
    page = sign_in(finance)
    pages = [
        reverse("reconciliation"),
        *[reverse(name) for name in LISTS],
        *[
            reverse("difference", args=[Difference.objects.get(key=key).pk])
            for key in ("stripe||ch_1", "CO-2")
        ],
        reverse("agreed", args=["order_to_prima"]),
        reverse("as-of") + "?day=2026-10-31",
        reverse("matching"),
        reverse("match", args=[Match.objects.all()[0].pk]),
        reverse("payout", args=[made.pk]),
        reverse("period", args=[october.pk]),
    ]

    found = {}
    for address in pages:
        page.goto(address)
        if serious := violations(page):
            found[address] = serious

    assert found == {}


def test_what_is_printed_has_figures_and_nothing_to_press(sign_in, finance, finance2):
    desk(finance2)
    page = sign_in(finance)
    page.emulate_media(media="print")
    pressed = "main button, main input, main textarea, main select"
    for address, content in [
        (reverse("difference", args=[Difference.objects.get(key="CO-2").pk]), "Both sides"),
        (reverse("differences"), "What differs"),
        (reverse("period", args=[periods.period_of("main", date(2026, 10, 1)).pk]), "Checklist"),
    ]:
        page.goto(address)
        expect(page.get_by_text(content).first).to_be_visible()
        assert [one for one in page.locator(pressed).all() if one.is_visible()] == []


def test_a_sum_opens_its_gateways_without_javascript_and_prints_them(sign_in, finance, finance2):
    desk(finance2)
    Difference.objects.filter(key="stripe||ch_2").update(gateway="paypal")
    page = sign_in(finance, javascript=False)
    page.goto(reverse("reconciliation") + "?period=all")
    gateway = page.locator("tr.part", has_text="PayPal").first
    expect(gateway).to_be_hidden()

    page.locator("tbody.folded summary").first.focus()
    page.keyboard.press("Enter")
    expect(gateway).to_be_visible()

    page.reload()
    page.emulate_media(media="print")
    expect(gateway).to_be_visible()


def test_a_kept_view_is_what_the_filter_shows_now(sign_in, finance, finance2):
    desk(finance2)
    today = timezone.localdate()
    Difference.objects.update(day=today)
    Difference.objects.filter(key="stripe||ch_2").update(day=today - timedelta(days=40))
    page = sign_in(finance)
    page.goto(reverse("differences"))

    page.get_by_label("Age", exact=True).select_option("31")
    expect(page.get_by_role("link", name="Line ch_2 belongs to no document")).to_be_visible()
    expect(page.locator("#list tbody tr")).to_have_count(1)
    page.get_by_label("Name of this view").fill("Old ones")
    page.get_by_role("button", name="Keep").click()

    expect(page.get_by_role("status")).to_contain_text("Kept as “Old ones”")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    page.goto(reverse("differences"))
    page.get_by_role("link", name="Old ones").click()
    expect(page.locator("#list tbody tr")).to_have_count(1)


def test_a_second_person_approves_in_the_browser_and_the_proposer_cannot(
    sign_in, finance, finance2
):
    desk(finance2)
    proposer, second = sign_in(finance2), sign_in(finance)
    proposer.goto(reverse("adjustments"))
    expect(proposer.get_by_text("You made this proposal.")).to_be_visible()
    expect(proposer.locator("input[name=pk]")).to_have_count(0)

    second.goto(reverse("adjustments"))
    second.locator("input[name=pk]").check()
    second.get_by_role("button", name="Approve").click()

    expect(second.get_by_role("status")).to_contain_text("1 approved.")
    assert Difference.objects.get(key="CO-2").state == "adjusted"


def test_lines_are_walked_rejected_and_accepted_by_keys_alone(sign_in, finance):
    world()
    PrimaDocument.objects.update(minor=10000)
    first = GatewayLine.objects.get(line_id="ch_1")
    page = sign_in(finance)
    page.goto(reverse("matching"))
    expect(page.get_by_role("button", name="Accept")).to_have_count(2)

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
