"""A campaign is checked, mended and checked again in a browser, as operations would."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from connectors.sandbox.running import RunningSandbox, running
from connectors.sync import runner
from exceptions.preflight import tasks
from exceptions.preflight.models import PreflightRun
from integration.accounts.models import User
from integration.mirror.models import PrimaItem
from tests.browser.axe import violations
from tests.connectors.sync.desk import connect, map_as

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SignIn = Callable[..., Page]


@pytest.fixture(scope="module")
def served() -> Iterator[RunningSandbox]:
    with running("happy_day") as sandbox:
        yield sandbox


@pytest.fixture
def desk(served: RunningSandbox, transactional_db: None) -> RunningSandbox:
    served.reload()
    connect(served)
    map_as(served.scenario)
    for flow in ("prima_reference", "contacts", "campaign_orders"):
        assert runner.run(flow) is not None
    return served


def work_off() -> None:
    """The cluster does what was asked for."""
    for run in PreflightRun.objects.filter(state="waiting"):
        tasks.check(run.pk)


def describe(page: Page, sku: str) -> None:
    page.goto(reverse("preflights"))
    page.get_by_role("link", name="Check a campaign").click()
    page.get_by_label("Name of the campaign").fill("Autumn sale")
    day = timezone.localdate() + timedelta(days=2)
    page.get_by_label("Day of sending").fill(day.isoformat())
    page.get_by_role("textbox", name="SKUs").fill(f"{sku} 5\nNO-SUCH-THING")
    page.get_by_label("Data extension of the audience").fill("Contact_Master")
    page.get_by_label("Promotion code").first.fill("NOBODY")
    page.get_by_label("Value").first.fill("10")
    page.get_by_role("button", name="Save and check").click()


@pytest.mark.parametrize("javascript", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_a_campaign_is_checked_mended_and_checked_again(
    desk: RunningSandbox, sign_in: SignIn, operations: User, javascript: bool
):
    sku = PrimaItem.objects.filter(status="active", kind="stock").order_by("sku_key")[0].sku_key
    page = sign_in(operations, javascript=javascript)

    # when: the campaign is described
    describe(page, sku)
    expect(page.get_by_text("Being checked")).to_be_visible()

    # then: it stops, and says why
    work_off()
    page.reload()
    expect(page.get_by_text("Put right what stops it before it is sent.")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("^Products Every"))).to_contain_text("No-go")
    found = page.locator("#found")
    expect(found).to_contain_text("NO-SUCH-THING")
    expect(found).to_contain_text("The promotion NOBODY is not mapped.")

    # when: the mapping is one click away
    row = found.get_by_role("row", name=re.compile("NO-SUCH-THING"))
    row.get_by_role("link", name="Map it").click()
    page.get_by_label("Search Prima's products").fill(sku)
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("radio", name=re.compile(f"^{re.escape(sku)}")).check()
    page.get_by_role("button", name="Map to a product").click()
    expect(page.get_by_text("Check the campaign again")).to_be_visible()
    page.get_by_role("button", name="Check again").click()
    work_off()
    page.reload()

    # then: it is gone, and the page says so
    products = page.get_by_role("row", name=re.compile("^Products Every"))
    expect(products).to_contain_text("1 gone")
    expect(products).to_contain_text("Prima knows every product and sells it.")


@pytest.mark.slow
def test_no_page_of_the_preflight_has_a_serious_violation(
    desk: RunningSandbox, sign_in: SignIn, operations: User, tmp_path: Path
):
    page = sign_in(operations)
    page.goto(reverse("preflight-new"))
    assert violations(page) == []
    page.get_by_label("Name of the campaign").fill("Autumn sale")
    page.get_by_label("Day of sending").fill(timezone.localdate().isoformat())
    page.get_by_role("textbox", name="SKUs").fill("NO-SUCH-THING")
    page.get_by_label("Data extension of the audience").fill("Contact_Master")
    page.get_by_role("button", name="Save and check").click()
    expect(page.get_by_text("Being checked")).to_be_visible()
    assert violations(page) == []
    work_off()
    page.reload()
    expect(page.locator("#found")).to_be_visible()
    assert violations(page) == []
    page.goto(reverse("preflights"))
    assert violations(page) == []
