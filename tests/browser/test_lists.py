"""Pages as a laptop and a telephone show them: words fit into their boxes, and pages into the screen."""

import pytest
from django.urls import reverse
from django.utils import timezone

from integration.consent import ledger
from integration.consent.models import ConsentEvent
from reconciliation.models import Difference
from tests.factories.campaigns import booked, order, paper, pay_out
from tests.factories.consent import opt_out
from tests.factories.desk_of_finance import desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LAPTOP, TELEPHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
LISTS = [
    "cases", "orders", "campaigns", "order-events", "customers", "link-reviews", "proposals",
    "drift", "consent-under-way", "differences", "matches", "payouts", "payout-lines",
    "bank-lines", "adjustments", "audit", "preflights",
]  # fmt: skip
CUT_OFF = """
() => [...document.querySelectorAll("input[placeholder]")].filter(box => {
    const style = getComputedStyle(box), pen = document.createElement("canvas").getContext("2d");
    pen.font = style.font;
    const room = box.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return box.offsetParent && pen.measureText(box.placeholder).width > room;
}).map(box => box.placeholder)
"""


@pytest.mark.slow
def test_no_search_box_cuts_its_words_off(sign_in, admin_person):
    page = sign_in(admin_person)
    page.set_viewport_size(LAPTOP)
    cut = {}
    for name in LISTS:
        page.goto(reverse(name))
        if found := page.evaluate(CUT_OFF):
            cut[name] = found

    assert cut == {}


def test_what_one_may_do_stands_beside_the_title_however_long_the_words_below_it(
    sign_in, marketing
):
    page = sign_in(marketing)
    page.set_viewport_size(LAPTOP)
    page.goto(reverse("consent"))

    title = page.get_by_role("heading", level=1).bounding_box()
    button = page.get_by_role("link", name="Record an opt-out").bounding_box()

    assert title
    assert button
    assert abs(title["y"] - button["y"]) < 20


def too_wide(page, addresses):
    """Addresses of pages that have to be pushed sideways on a telephone, with their width."""
    page.set_viewport_size(TELEPHONE)
    found = {}
    for address in addresses:
        page.goto(address)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > TELEPHONE["width"]:
            found[address] = width
    return found


@pytest.mark.slow
def test_no_list_and_no_page_of_reconciliation_is_wider_than_a_telephone(
    sign_in, operations, finance2
):
    desk(finance2)
    addresses = [
        "/",
        *[reverse(name) for name in LISTS if name != "audit"],
        reverse("reconciliation"),
        reverse("difference", args=[Difference.objects.get(key="stripe||ch_2").pk]),
        reverse("as-of") + "?day=2026-10-31",
    ]

    assert too_wide(sign_in(operations), addresses) == {}


def test_no_campaign_and_no_person_is_wider_than_a_telephone(sign_in, operations):
    now = timezone.now()
    pay_out(paper(booked(ordered_at=now), "100.00"))
    order("autumn", "7.00", state="held", ordered_at=now)
    ledger.record([opt_out("bartholomew.featherstonehaugh@featherstonehaughoutfittersltd.example")])
    addresses = [
        reverse("campaigns"),
        reverse("campaign") + "?campaign=autumn",
        reverse("consent-person", args=[ConsentEvent.objects.get().address_hash]),
    ]

    assert too_wide(sign_in(operations), addresses) == {}
