"""Cases of an entry event that Marketing Cloud refuses, as a whole or for one contact."""

from collections.abc import Sequence

from connectors.sync.models import StockRequest
from integration.core.problems import Finding, Problem, Subject, report

KIND = "entry_refused"
SOURCE = "back_in_stock"


def found(event_key: str, said: str) -> None:
    """Nobody gets in by this event; the requests wait."""
    report([Finding(_whole(event_key), (_problem(event_key, said, event_key),), SOURCE)])


def healed(event_key: str) -> None:
    report([Finding(_whole(event_key), (), SOURCE, healed_by="The event takes contacts again")])


def refused(event_key: str, requests: Sequence[StockRequest]) -> None:
    report(
        [
            Finding(
                Subject("sfmc", "stock request", one.key, label=f"{one.contact_key} {one.sku}"),
                (_problem(event_key, one.why, one.key),),
                SOURCE,
                source_payload={"sku": one.sku, "contact_key": one.contact_key},
            )
            for one in requests
        ]
    )


def _whole(event_key: str) -> Subject:
    return Subject("sfmc", "entry event", SOURCE, label=event_key)


def _problem(event_key: str, said: str, key: str) -> Problem:
    facts = {"event": event_key, "said": said[:250], "order": key}
    return Problem(KIND, f"{event_key}: {said or 'no reason given.'}", facts)
