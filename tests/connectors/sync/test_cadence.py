"""When a flow runs, how fast, who goes first, and that a person can hold it up."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_q.models import OrmQ
from time_machine import travel

from connectors.sandbox.running import RunningSandbox
from connectors.sync import pausing, runner, spending
from connectors.sync.flow import flow_of, setting_of
from connectors.sync.flow_pace import FlowPace
from connectors.sync.limits import SharedPace
from connectors.sync.models import Connection, FlowCalls, FlowSetting, OutgoingRow, SyncRun
from connectors.sync.outgoing import staging
from integration.accounts.models import User
from integration.audit.models import AuditEntry
from tests.connectors.sync.test_sharing import together

FLOW = "stray_lines"
Priority = FlowSetting.Priority
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("begins", "ends", "at", "quiet"),
    [
        ("09:00", "17:00", "12:00", True),
        ("09:00", "17:00", "17:00", False),
        ("22:00", "06:00", "23:30", True),
        ("22:00", "06:00", "05:59", True),
        ("22:00", "06:00", "06:00", False),
        ("22:00", "06:00", "12:00", False),
        ("09:00", "09:00", "09:00", False),
    ],
)
def test_quiet_hours_may_go_over_midnight(begins: str, ends: str, at: str, quiet: bool) -> None:
    of = clock.fromisoformat
    setting = FlowSetting(flow=FLOW, quiet_from=of(begins), quiet_until=of(ends))
    assert setting.is_quiet(of(at)) is quiet


@pytest.mark.django_db
def test_quiet_hours_need_both_ends() -> None:
    with pytest.raises(ValidationError, match="beginning and an end"):
        FlowSetting(flow=FLOW, quiet_from=clock(9)).full_clean()


def test_in_its_quiet_hours_a_flow_runs_only_for_a_person(happy_day: RunningSandbox) -> None:
    FlowSetting.objects.create(flow=FLOW, quiet_from=clock(8), quiet_until=clock(18))

    with travel(NOON, tick=True):
        assert runner.run(FLOW) is None
        by_hand = runner.run(FLOW, started_by="olive")
    with travel(NOON + timedelta(hours=7), tick=True):
        later = runner.run(FLOW)

    assert by_hand is not None
    assert later is not None


def test_a_paused_flow_does_not_run_until_somebody_lets_it_go_on(
    happy_day: RunningSandbox, operations: User
) -> None:
    flow = flow_of(FLOW)
    assert pausing.pause(flow, actor=operations) is True
    assert pausing.pause(flow, actor=operations) is False
    assert runner.run(FLOW) is None
    assert runner.run(FLOW, started_by="olive") is None

    assert pausing.go_on(flow, actor=operations) is True

    assert OrmQ.objects.count() == 1
    assert runner.run(FLOW) is not None
    told = AuditEntry.objects.order_by("pk").values_list("action", "actor_name")
    assert list(told)[-2:] == [("flow paused", "Olive Field"), ("flow continued", "Olive Field")]


@pytest.mark.slow
def test_a_run_that_is_paused_ends_after_its_batch_and_goes_on_where_it_stopped(
    happy_day: RunningSandbox, operations: User
) -> None:
    flow = flow_of("products_to_sfmc")
    setting_of(flow)
    FlowSetting.objects.filter(flow=flow.slug).update(batch_size=10)
    rows: list[dict[str, Any]] = [{"sku": f"S{n}", "in_range": False} for n in range(200)]
    staging.stage("product", rows)

    def watch(progress: object) -> None:
        if not FlowSetting.objects.get(flow=flow.slug).paused_at:
            pausing.pause(flow, actor=operations)

    run = runner.run(flow.slug, watch=watch)

    assert run is not None
    assert run.status == SyncRun.Status.STOPPED
    assert "Paused by Olive Field" in run.message
    assert 0 < run.sent < 200
    assert run.total is not None
    pausing.go_on(flow, actor=operations)
    rest = runner.run(flow.slug)
    assert rest is not None
    assert not OutgoingRow.objects.filter(confirmed_hash="").exists()


def test_calls_are_counted_for_each_flow_and_system_by_the_hour(happy_day: RunningSandbox) -> None:
    for flow in ("prima_reference", "campaign_orders", "campaign_orders"):
        runner.run(flow)
    happy_day.fault("throttle", path="customobjectdata", seconds=0)
    runner.run("stray_lines")

    told = {(one.flow, one.system): one for one in spending.of_day(timezone.localdate())}
    runs = SyncRun.objects.filter(flow="campaign_orders").values_list("calls", flat=True)
    assert told["campaign_orders", "sfmc"].calls == sum(runs)
    assert sum(told["campaign_orders", "sfmc"].by_hour) == sum(runs)
    assert ("prima_reference", "sfmc") not in told
    assert told["stray_lines", "sfmc"].slowed == told["stray_lines", "sfmc"].failed == 1


@pytest.mark.django_db
def test_two_workers_add_to_the_same_hour() -> None:
    spending.add(FLOW, {"sfmc": [3, 1, 0]})
    spending.add(FLOW, {"sfmc": [4, 0, 0], "prima": [1, 1, 1]})
    spending.add(FLOW, {})

    kept = {row.system: (row.calls, row.failed, row.slowed) for row in FlowCalls.objects.all()}
    assert kept == {"sfmc": (7, 1, 0), "prima": (1, 1, 1)}


@pytest.fixture
def prima(transactional_db: None) -> Connection:
    return Connection.objects.create(
        system="prima", base_url="https://p.example/prima/v1/main", client_id="c"
    )


def pace(row: Connection, setting: FlowSetting) -> FlowPace:
    stopping = threading.Event()
    inner = SharedPace(row.pk, row.calls_per_second, stopping)
    return FlowPace(inner, row.pk, setting, stopping)


def test_a_flow_keeps_to_its_own_rate_over_all_workers(prima: Connection) -> None:
    setting = FlowSetting.objects.create(flow=FLOW, calls_per_second=20)
    Connection.objects.update(calls_per_second=100_000)
    prima.refresh_from_db()

    def work() -> None:
        mine = pace(prima, setting)
        for _ in range(10):
            mine.wait()

    begun = time.monotonic()
    together(3, work)

    assert time.monotonic() - begun >= 1.1, "thirty calls at twenty a second, less a small burst"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "second", "share"),
    [(Priority.HIGH, Priority.LOW, 3.0), (Priority.NORMAL, Priority.LOW, 3.0),
     (Priority.HIGH, Priority.NORMAL, 3.0)],
)  # fmt: skip
def test_while_calls_are_scarce_the_lower_priority_gives_way(
    prima: Connection, first: int, second: int, share: float
) -> None:
    Connection.objects.update(calls_per_second=25)
    prima.refresh_from_db()
    went = {first: 0, second: 0}
    until = time.monotonic() + 2.0
    both = iter((first, second))

    def work() -> None:
        priority = next(both)
        mine = pace(prima, FlowSetting(flow=FLOW, priority=priority))
        while time.monotonic() < until:
            mine.wait()
            went[priority] += 1

    together(2, work)

    assert went[first] >= share * max(went[second], 1), went
    assert went[first] + went[second] <= 25 * 2 * 1.3 + 10, "the bucket is one for all"


def test_who_gives_way_goes_on_when_nobody_is_in_a_hurry(prima: Connection) -> None:
    Connection.objects.update(calls_per_second=10, high_at=timezone.now())
    prima.refresh_from_db()
    mine = pace(prima, FlowSetting(flow=FLOW, priority=Priority.LOW))

    begun = time.monotonic()
    for _ in range(8):
        mine.wait()

    assert time.monotonic() - begun < 6


def test_plenty_of_calls_cost_no_statement_more(
    prima: Connection, django_assert_num_queries: Callable[[int], Any]
) -> None:
    Connection.objects.update(calls_per_second=100_000)
    prima.refresh_from_db()
    mine = pace(prima, FlowSetting(flow=FLOW, priority=Priority.LOW))
    with django_assert_num_queries(4):
        for _ in range(200):
            mine.wait()


def test_a_run_by_hand_sends_while_it_is_quiet(happy_day: RunningSandbox) -> None:
    FlowSetting.objects.create(
        flow="products_to_sfmc", quiet_from=clock(0), quiet_until=clock(23, 59, 59)
    )
    staging.stage("product", [{"sku": "S1", "in_range": False}])

    assert runner.run("products_to_sfmc") is None
    by_hand = runner.run("products_to_sfmc", started_by="olive")

    assert by_hand is not None
    assert by_hand.sent == 1
