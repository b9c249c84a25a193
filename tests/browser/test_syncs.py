"""Watching, pausing and starting flows in the browser, and the calls that were spent."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from connectors.sync import spending
from connectors.sync.flow import flow_of, setting_of
from connectors.sync.models import Connection, FlowSetting, SyncRun
from integration.accounts.models import User
from tests.browser.test_accessibility import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SignIn = Callable[..., Page]
FLOW = "products_to_sfmc"


@pytest.fixture
def run(transactional_db: None) -> SyncRun:
    """Products under way, and some calls spent."""
    now = timezone.now()
    for system in ("prima", "sfmc"):
        Connection.objects.create(
            system=system, base_url="https://x.example/v1/m", client_id="c", calls_per_day=1_000
        )
    for number, flow in enumerate(
        ("prima_stock", "orders_to_prima", "campaign_orders", "contacts")
    ):
        spending.add(flow, {"sfmc": [10 * number + 1, 0, 0], "prima": [7, 1, 1]})
    setting_of(flow_of(FLOW))
    return SyncRun.objects.create(
        flow=FLOW, started_at=now - timedelta(seconds=60), heartbeat_at=now, seen=600, total=2_400
    )


@pytest.mark.slow
def test_the_pages_have_no_serious_violation(
    run: SyncRun, sign_in: SignIn, operations: User
) -> None:
    page = sign_in(operations)
    found = []
    for path in (reverse("syncs"), reverse("run", args=[run.pk]), reverse("sync-load")):
        page.goto(path)
        found += violations(page)
    assert found == []


def test_a_run_is_brought_up_to_date_by_itself(
    run: SyncRun, sign_in: SignIn, operations: User
) -> None:
    page = sign_in(operations)
    page.goto(reverse("run", args=[run.pk]))
    expect(page.get_by_text("600 of 2,400 records")).to_be_visible()

    SyncRun.objects.update(seen=2_400, finished_at=timezone.now(), status="succeeded")

    expect(page.get_by_text("2,400 of 2,400 records")).to_be_visible()
    expect(page.locator("#run-body").get_by_text("Succeeded")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "without"])
def test_a_flow_is_paused_and_continued_by_keyboard(
    run: SyncRun, sign_in: SignIn, operations: User, javascript: bool
) -> None:
    title = flow_of(FLOW).title
    page = sign_in(operations, javascript=javascript)
    page.goto(reverse("syncs"))

    page.get_by_role("button", name=f"Pause {title}").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("is paused. A run under way ends after its batch.")).to_be_visible()
    assert FlowSetting.objects.get(flow=FLOW).paused_by == str(operations)

    page.get_by_role("button", name=f"Let {title} go on").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("goes on in a moment")).to_be_visible()
    assert FlowSetting.objects.get(flow=FLOW).paused_at is None


def test_who_may_only_look_sees_no_buttons(run: SyncRun, sign_in: SignIn, auditor: User) -> None:
    page = sign_in(auditor)
    page.goto(reverse("run", args=[run.pk]))
    expect(page.get_by_text("600 of 2,400 records")).to_be_visible()
    assert page.get_by_role("button", name="Pause").count() == 0

    page.goto(reverse("sync-load"))
    expect(page.get_by_role("img", name="Calls to Prima by hour")).to_be_visible()
