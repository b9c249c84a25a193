"""Marketing at the campaign report in a browser: figures open their orders, and axe on each page."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from connectors.sync.models import OrderEvent
from tests.factories.campaigns import booked, order, paper, pay_out

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def trade(transactional_db: None) -> None:
    now = timezone.now()
    sold = booked(ordered_at=now)
    pay_out(paper(sold, "100.00"))
    order("autumn", "7.00", state="held", ordered_at=now)
    OrderEvent.objects.create(
        key="e", order_number=sold.order_number, milestone="accepted", state="sent",
        reached_at=now, noted_at=now, not_before=now, sent_at=now,
    )  # fmt: skip


def violations(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page).response["violations"]
    return [(page.url, one["id"]) for one in found if one["impact"] in ("serious", "critical")]


@pytest.mark.slow
def test_a_figure_opens_its_orders_and_no_page_has_a_serious_violation(trade, sign_in, marketing):
    page = sign_in(marketing)
    page.get_by_role("link", name="Campaigns").click()
    found = violations(page)
    page.get_by_role("table", name="By campaign").get_by_role("link", name="autumn").click()
    found += violations(page)
    expect(page.get_by_role("img", name="Ordered 107.00 GBP")).to_be_visible()

    page.get_by_role("table", name="By journey").get_by_role("link", name="7.00 GBP").last.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Held: autumn, autumn-mails")
    expect(page.locator("[data-total=GBP]")).to_have_text("7.00 GBP")
    found += violations(page)
    page.goto(reverse("order-events"))
    found += violations(page)
    page.goto(reverse("manual-page", args=["campaign-report"]))
    found += violations(page)
    assert found == []
