"""When the background work is said to stand still."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from connectors.sync import timetable
from integration import standing
from integration.standing import Standing

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def going(db: None) -> None:
    timetable.synchronise()
    Schedule.objects.update(next_run=NOW)


def test_work_without_a_timetable_has_never_begun() -> None:
    (found,) = standing.still(NOW)
    assert found == Standing("desk", None)
    assert found.title == "The background work has never begun"


@pytest.mark.parametrize("hour", [1, 3, 15])
def test_a_timetable_just_written_is_not_late_whatever_the_hour(time_machine, hour) -> None:
    time_machine.move_to(datetime(2026, 11, 10, hour, 30, tzinfo=UTC), tick=False)
    timetable.synchronise()
    assert standing.still() == []


@pytest.mark.usefixtures("going")
def test_work_that_is_due_by_a_minute_goes_on() -> None:
    assert standing.still(NOW + timedelta(minutes=2)) == []


@pytest.mark.usefixtures("going")
def test_a_timetable_nobody_reads_stands_still_in_each_queue() -> None:
    found = standing.still(NOW + timedelta(minutes=4))
    assert found == [Standing("consent", NOW), Standing("desk", NOW)]


@pytest.mark.usefixtures("going")
def test_what_is_switched_off_is_never_late() -> None:
    Schedule.objects.filter(cluster="consent").update(repeats=0)
    assert [one.queue for one in standing.still(NOW + timedelta(minutes=4))] == ["desk"]


@pytest.mark.usefixtures("going")
def test_a_task_that_is_being_worked_on_is_not_waiting() -> None:
    OrmQ.objects.create(key="desk", payload="x", lock=NOW + timedelta(minutes=12))
    assert standing.still(NOW) == []


@pytest.mark.usefixtures("going")
def test_a_task_nobody_takes_stands_still_since_it_came() -> None:
    came = NOW - timedelta(minutes=30)
    OrmQ.objects.create(key="desk", payload="x", lock=came)
    assert standing.still(NOW) == [Standing("desk", came)]


@pytest.mark.usefixtures("going")
def test_it_takes_two_questions_however_much_waits(django_assert_num_queries) -> None:
    OrmQ.objects.bulk_create([OrmQ(key="desk", payload="x", lock=NOW) for _ in range(1000)])
    with django_assert_num_queries(2):
        assert standing.still(NOW) == []
