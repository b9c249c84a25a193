"""Whatever Prima repeats, skips or tells late, each milestone is told once and in order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.sync.order_events.planning import Known, Plan, plan
from integration.records.milestones import Milestone, Parcel, Standing, Step, reached

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
A = Parcel("SHP-1", "T-1", NOON)
B = Parcel("SHP-2", "T-2", NOON + timedelta(hours=1))
ORDER = Standing("accepted", "none", "none", "none", NOON)


def told(found: Plan) -> list[tuple[str, str]]:
    return [(one.step.milestone.value, one.step.parcel) for one in found.noted if not one.passed]


def passed(found: Plan) -> list[str]:
    return [one.step.milestone.value for one in found.noted if one.passed]


def everything(step: Step) -> str:
    return ""


def known(*milestones: Milestone, parcel: str = "", is_open: bool = False) -> list[Known]:
    return [Known(one, parcel, is_open) for one in milestones]


def test_an_accepted_order_is_told_of():
    assert told(plan(ORDER, [], everything)) == [("accepted", "")]


def test_what_was_told_is_not_told_again():
    assert plan(ORDER, known(Milestone.ACCEPTED), everything) == Plan()


def test_skipped_milestones_are_noted_and_not_told():
    found = plan(replace(ORDER, fulfilment_status="despatched", parcels=[A, B]), [], everything)

    assert told(found) == [("despatched", "")]
    assert passed(found) == ["accepted", "part_despatched"]


def test_each_parcel_of_a_part_despatch_is_told_of():
    order = replace(ORDER, fulfilment_status="part_despatched", parcels=[A, B])
    found = plan(order, known(Milestone.ACCEPTED), everything)

    assert told(found) == [("part_despatched", "SHP-1"), ("part_despatched", "SHP-2")]


def test_a_part_despatch_gets_its_parcel_when_that_comes_later():
    before = replace(ORDER, fulfilment_status="part_despatched")
    first = plan(before, known(Milestone.ACCEPTED), everything)
    nameless = known(Milestone.ACCEPTED) + known(Milestone.PART_DESPATCHED)

    second = plan(replace(before, parcels=[A]), nameless, everything)

    assert told(first) == [("part_despatched", "")]
    assert second.named == [(nameless[1], "SHP-1")]
    assert second.noted == []


def test_what_waits_is_overtaken_by_what_comes_after_it():
    waiting = known(Milestone.ACCEPTED, is_open=True)
    found = plan(replace(ORDER, order_status="cancelled"), waiting, everything)

    assert told(found) == [("cancelled", "")]
    assert found.overtaken == [(waiting[0], "The order was cancelled before this could be told.")]


def test_what_may_have_been_told_is_not_overtaken():
    found = plan(replace(ORDER, order_status="cancelled"), known(Milestone.ACCEPTED), everything)
    assert found.overtaken == []


def test_a_refund_stops_no_parcel_on_its_way():
    before = known(Milestone.ACCEPTED, Milestone.REFUNDED)
    found = plan(
        replace(ORDER, fulfilment_status="despatched", invoice_status="credited", parcels=[A]),
        before,
        everything,
    )
    assert told(found) == [("despatched", "")]


def test_an_order_is_delivered_with_its_last_parcel():
    under_way = replace(
        ORDER, fulfilment_status="despatched", parcels=[replace(A, delivered_at=NOON), B]
    )
    there = replace(under_way, parcels=[replace(one, delivered_at=NOON) for one in (A, B)])

    assert Milestone.DELIVERED not in {step.milestone for step in reached(under_way)}
    assert Milestone.DELIVERED in {step.milestone for step in reached(there)}


def test_a_milestone_that_is_not_wanted_is_noted_with_why():
    found = plan(ORDER, [], lambda step: "Nobody asked.")
    assert [(one.step.milestone, one.passed) for one in found.noted] == [
        (Milestone.ACCEPTED, "Nobody asked.")
    ]


STANDINGS = st.builds(
    Standing,
    order_status=st.sampled_from(["received", "accepted", "on_hold", "cancelled", "completed"]),
    fulfilment_status=st.sampled_from(["none", "allocated", "part_despatched", "despatched"]),
    invoice_status=st.sampled_from(["none", "full", "credited"]),
    payment_status=st.sampled_from(["none", "paid", "refunded"]),
    changed_at=st.just(NOON),
    parcels=st.sampled_from([(), (A,), (A, B), (B,)]),
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.tuples(STANDINGS, st.booleans()), max_size=12))
def test_nothing_is_told_twice_or_behind_what_overtook_it(readings):
    """Any readings in any order; between them what waits may or may not have been told."""
    rows: dict[tuple[Milestone, str], str] = {}
    spoken: list[Milestone] = []
    once: set[tuple[Milestone, str]] = set()
    for standing, is_sent in readings:
        seen = [Known(*key, is_open=state == "waiting") for key, state in rows.items()]
        found = plan(standing, seen, everything)
        for one, _ in found.overtaken:
            assert rows[one.step] == "waiting"
            rows[one.step] = "passed"
        for one, parcel in found.named:
            rows[(one.milestone, parcel)] = rows.pop(one.step)
        for noted in found.noted:
            key = (noted.step.milestone, noted.step.parcel)
            assert key not in rows
            rows[key] = "passed" if noted.passed else "waiting"
        if is_sent:
            due = [key for key, state in rows.items() if state == "waiting"]
            for key in sorted(due, key=lambda one: one[0].rank):
                assert not key[0].is_overtaken_by(spoken)
                assert key not in once
                rows[key] = "sent"
                spoken.append(key[0])
                once.add(key)
