"""How the flows do, in words and in few questions."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import Schedule

from connectors.sync import items, runs, timetable
from connectors.sync.flow import flows
from connectors.sync.models import Connection, FlowSetting, SyncItem, SyncRun
from connectors.sync.runs import FlowHealth
from connectors.sync.tasks import tidy
from integration.schedules import TIMETABLE

NOW = timezone.now()
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def both_connections(db: None) -> None:
    for system in ("sfmc", "prima"):
        Connection.objects.create(system=system, base_url="https://x.example/", client_id="c")


def ran(minutes_ago: int, status: str, message: str = "") -> SyncRun:
    at = NOW - timedelta(minutes=minutes_ago)
    return SyncRun.objects.create(
        flow="orders_to_prima", status=status, started_at=at, finished_at=at, message=message
    )


def orders() -> FlowHealth:
    return next(one for one in runs.health(NOW) if one.flow.slug == "orders_to_prima")


def test_a_flow_that_never_ran_says_so():
    assert (orders().tone, orders().message) == ("warning", "It has not run yet.")


def test_a_flow_that_works_says_what_waits():
    # given
    ran(1, "partly")
    items.enqueue("orders_to_prima", ["A", "B"])
    items.enqueue("orders_to_prima", ["C"])
    items.hold("orders_to_prima", ["C"], "a question")

    # then
    found = orders()
    assert (found.tone, found.message) == ("good", "2 waiting for the next run.")
    assert (found.waiting, found.held, found.is_silent) == (2, 1, False)
    assert found.oldest_waiting_at is not None


def test_a_flow_that_fails_says_since_when_and_why():
    # given
    ran(9, "failed", "An older failure.")
    ran(7, "succeeded")
    first = ran(5, "failed", "Prima did not answer.")
    ran(2, "failed", "Prima did not accept the sign-in.")

    # then
    found = orders()
    assert (found.tone, found.message) == ("bad", "Prima did not accept the sign-in.")
    assert found.failing_since == first.started_at


def test_a_flow_that_recovered_is_well_again():
    ran(5, "failed", "Prima did not answer.")
    ran(2, "succeeded")
    assert (orders().tone, orders().failing_since) == ("good", None)


def test_silence_is_told():
    ran(16, "succeeded")
    found = orders()
    assert (found.tone, found.is_silent) == ("bad", True)
    assert found.message == "No success for more than 15 minutes."


def test_a_rest_a_switch_and_a_missing_connection_are_told():
    # given
    ran(1, "succeeded")
    Connection.objects.filter(system="prima").update(open_until=NOW + timedelta(minutes=1))
    assert orders().rests_until == NOW + timedelta(minutes=1)
    assert orders().tone == "bad"

    # when
    Connection.objects.filter(system="prima").delete()
    assert orders().message == "There is no connection to Prima yet. Add it in admin."
    FlowSetting.objects.filter(flow="orders_to_prima").update(enabled=False)

    # then
    assert (orders().tone, orders().message) == ("off", "Switched off in admin.")


def test_health_takes_six_questions(django_assert_num_queries):
    runs.health(NOW)
    ran(1, "succeeded")
    with django_assert_num_queries(6):
        runs.health(NOW)


def test_every_flow_is_in_the_timetable_and_every_line_of_it_exists():
    assert {entry.flow for entry in TIMETABLE if entry.flow} == set(flows())
    from django.utils.module_loading import import_string  # noqa: PLC0415

    assert all(callable(import_string(entry.task)) for entry in TIMETABLE)


def test_schedules_follow_the_timetable_and_the_settings_and_may_be_written_again():
    # given
    Schedule.objects.create(name="desk: an old line", func="x.y")
    Schedule.objects.create(name="not ours", func="x.y")

    # when
    timetable.synchronise()

    # then
    names = set(Schedule.objects.values_list("name", flat=True))
    assert names == {f"desk: {entry.name}" for entry in TIMETABLE} | {"not ours"}
    assert timetable.synchronise() == 0

    # when
    FlowSetting.objects.filter(flow="stray_lines").update(every_minutes=15, enabled=False)
    timetable.synchronise()

    # then
    row = Schedule.objects.get(name="desk: Order lines without an order")
    assert (row.minutes, row.repeats, row.args) == (15, 0, "('stray_lines',)")


@pytest.mark.parametrize(
    ("hour", "day"), [(1, 9), (2, 10), (15, 10)], ids=["before night", "at night", "by day"]
)
def test_what_runs_daily_runs_at_once_and_then_every_night(time_machine, hour, day):
    # given: British winter, so that the clock on the wall shows UTC
    time_machine.move_to(datetime(2026, 11, 10, hour, 30, tzinfo=UTC), tick=False)

    # when
    timetable.synchronise()

    # then
    row = Schedule.objects.get(name="desk: Comparison of contacts and accounts")
    assert row.next_run == datetime(2026, 11, day, timetable.NIGHT, tzinfo=UTC)
    assert row.calculate_next_run() == row.next_run + timedelta(days=1) > timezone.now()

    # when: an admin has it run twice an hour, and takes that back
    FlowSetting.objects.filter(flow="compare_contacts").update(every_minutes=30)
    timetable.synchronise()
    row.refresh_from_db()
    assert row.next_run <= timezone.now() + timedelta(minutes=30)
    FlowSetting.objects.filter(flow="compare_contacts").update(every_minutes=24 * 60)
    Schedule.objects.filter(pk=row.pk).update(next_run=timezone.now() + timedelta(minutes=20))
    timetable.synchronise()

    # then
    row.refresh_from_db()
    coming = datetime(2026, 11, day, timetable.NIGHT, tzinfo=UTC) + timedelta(days=1)
    assert row.next_run == coming


def test_what_runs_daily_stays_at_its_hour_when_the_clocks_change(time_machine):
    time_machine.move_to(datetime(2027, 3, 26, 12, 0, tzinfo=UTC), tick=False)
    timetable.synchronise()
    row = Schedule.objects.get(name="desk: Comparison of contacts and accounts")

    hours = set()
    for _ in range(4):
        row.next_run = row.calculate_next_run()
        hours.add(timezone.localtime(row.next_run).hour)

    assert timezone.localtime(row.next_run).utcoffset() == timedelta(hours=1)
    assert hours == {timetable.NIGHT}


def test_the_command_names_an_unknown_flow_in_words():
    with pytest.raises(CommandError, match="There is no flow “nonsense”"):
        call_command("sync", "nonsense")


def test_old_runs_are_tidied_away():
    ran(1, "succeeded")
    SyncRun.objects.create(flow="x", status="succeeded", started_at=NOW - timedelta(days=31))
    tidy()
    assert SyncRun.objects.count() == 1


def test_verbs_leave_what_is_in_prima_and_what_is_in_doubt_alone():
    # given
    items.enqueue("orders_to_prima", ["sent", "held", "doubt", "rejected", "waiting"])
    for key in ("sent", "held", "rejected"):
        SyncItem.objects.filter(external_id=key).update(state=key, attempts=3)
    SyncItem.objects.filter(external_id="doubt").update(state="held", in_doubt=True)

    # when
    touched = items.requeue(
        "orders_to_prima", ["sent", "held", "rejected", "nobody"], "a mapping of SKU X"
    )

    # then
    assert touched == 2
    assert SyncItem.objects.get(external_id="sent").state == "sent"
    held = SyncItem.objects.get(external_id="held")
    assert (held.state, held.attempts, held.reason) == ("waiting", 0, "a mapping of SKU X")

    # then
    assert items.reject("waiting", "a test order", "Olive") is True
    assert SyncItem.objects.get(external_id="waiting").reason == "Rejected by Olive: a test order"
    assert items.reject("sent", "too late", "Olive") is False
    assert items.reject("doubt", "may be in Prima", "Olive") is False
    assert items.cancel("waiting", "not wanted", "Olive") is True


def test_the_last_run_of_each_flow_is_found_by_an_index():
    """Not by a look at every run of a month, of which there is half a million."""
    ran(5, "failed", "An older failure.")
    newest = ran(1, "succeeded")
    with CaptureQueriesContext(connection) as asked:
        assert orders().last_run == newest

    (words,) = [
        one["sql"]
        for one in asked
        if "UNION ALL" in one["sql"] and "flow" in one["sql"] and "sync_syncrun" in one["sql"]
    ]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {words}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert plan.count("run_recent") >= len(flows())
