"""Order events and their cases."""

from collections.abc import Iterable, Sequence

from connectors.sync.order_event import OrderEvent
from integration.core.problems import Finding, Problem, Subject, report
from integration.records.milestones import Milestone

SYSTEM, OBJECT = "prima", "order event"
"""How occurrences name an event."""
SOURCE = "order_events"


def hold(found: Iterable[tuple[OrderEvent, Problem]]) -> None:
    """Files what keeps each event from being told, in the caller's transaction."""
    report(
        [
            Finding(subject_of(event), (problem,), SOURCE, target_payload=event.data or None)
            for event, problem in found
        ]
    )


def close(events: Sequence[OrderEvent]) -> None:
    """Whatever was wrong with these is over: they were told, or are not to be told."""
    report([Finding(subject_of(event), (), SOURCE, healed_by=event.reason) for event in events])


def subject_of(event: OrderEvent) -> Subject:
    label = f"{event.order_number}: {Milestone(event.milestone).label.lower()}"
    return Subject(SYSTEM, OBJECT, event.key, label=label)
