"""Lists as a laptop shows them: what a search box says fits into it."""

import pytest
from django.urls import reverse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LAPTOP = {"width": 1366, "height": 768}
LISTS = [
    "cases", "orders", "campaigns", "order-events", "customers", "link-reviews", "proposals",
    "drift", "consent-under-way", "differences", "matches", "payouts", "payout-lines",
    "adjustments", "audit", "preflights",
]  # fmt: skip
CUT_OFF = """
() => [...document.querySelectorAll("input[placeholder]")].filter(box => {
    const style = getComputedStyle(box), pen = document.createElement("canvas").getContext("2d");
    pen.font = style.font;
    const room = box.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return box.offsetParent && pen.measureText(box.placeholder).width > room;
}).map(box => box.placeholder)
"""


def test_no_search_box_cuts_its_words_off(sign_in, admin_person):
    page = sign_in(admin_person)
    page.set_viewport_size(LAPTOP)
    cut = {}
    for name in LISTS:
        page.goto(reverse(name))
        if found := page.evaluate(CUT_OFF):
            cut[name] = found

    assert cut == {}
