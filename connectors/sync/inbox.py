"""Campaign orders as they arrive, by whichever way: stored once, and set to go to Prima."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from connectors.sync import items, rows
from connectors.sync.flow import ORDERS
from connectors.sync.orders.arrival import Arrival
from connectors.sync.orders.summary import Summary, summary
from integration.core import problems
from integration.core.problems import Finding, Problem, Subject
from integration.mirror.models import CampaignOrder

GRACE = timedelta(minutes=10)
"""How long an order may be incomplete before that is somebody's case."""
AWAITED = "Waiting for the rest of the order"
CHANGED = "a change of the order in Marketing Cloud"
AS_SENT = "the order being again as it was sent"
_KEPT_FIELDS = (
    "payload", "content_hash", "contact_key", "email", "customer_name", "campaign", "journey",
    "currency", "total_paid", "ordered_at", "modified_at", "via", "last_seen_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stored:
    """Counts of what came."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class _Known:
    content_hash: str
    sent_hash: str
    modified_at: datetime | None


def store(arrived: Sequence[Arrival], via: str) -> Stored:
    """Stores what is new or changed, in one transaction with its items and cases.

    The same order twice in what arrived is one order: the later one counts.
    """
    latest = {one.key: one for one in arrived}
    if not latest:
        return Stored()
    with transaction.atomic():
        known = _known(list(latest))
        new = [one for key, one in latest.items() if key not in known]
        changed = [one for key, one in latest.items() if key in known and _is_news(one, known[key])]
        _write([*new, *changed], via)
        _enqueue(new)
        _requeue([one for one in changed if not known[one.key].sent_hash])
        sent = [one for one in changed if known[one.key].sent_hash]
        problems.report([_changed_after_sending(one, known[one.key].sent_hash) for one in sent])
    return Stored(len(new), len(changed), len(latest) - len(new) - len(changed))


def is_complete(arrival: Arrival) -> bool:
    """False while its header or some of the lines that its header counts have not come."""
    header = arrival.payload["order"]
    stated = str(header.get("line_count", "")).strip()
    lines = len(arrival.payload["lines"])
    short = stated.isascii() and stated.isdecimal() and int(stated[:9]) > lines
    return bool(lines) and not short and any(name != "key" for name in header)


def subject_of(key: str, summed: Summary) -> Subject:
    """A campaign order, as cases name it."""
    return Subject(
        system="sfmc",
        object="order",
        external_id=key,
        label=f"{key} {summed.customer_name}".strip()[:200],
        amount=summed.total_paid,
        currency=summed.currency,
    )


def _known(keys: list[str]) -> dict[str, _Known]:
    found = (
        CampaignOrder.objects.filter(key__in=keys)
        .order_by("key")
        .select_for_update()
        .values_list("key", "content_hash", "sent_hash", "modified_at")
    )
    return {key: _Known(content, sent, modified) for key, content, sent, modified in found}


def _is_news(arrival: Arrival, known: _Known) -> bool:
    """Other contents, and not from before what is known: pushes may come late."""
    if arrival.content_hash == known.content_hash:
        return False
    modified_at = summary(arrival.payload).modified_at
    return not (modified_at and known.modified_at and modified_at < known.modified_at)


def _write(arrived: Sequence[Arrival], via: str) -> None:
    now = timezone.now()
    placed = [_row(one, summary(one.payload), via, now) for one in arrived]
    rows.write(placed, unique="key", update=_KEPT_FIELDS)


def _row(arrival: Arrival, summed: Summary, via: str, now: datetime) -> CampaignOrder:
    return CampaignOrder(
        key=arrival.key,
        payload=arrival.payload,
        content_hash=arrival.content_hash,
        contact_key=summed.contact_key,
        email=summed.email,
        customer_name=summed.customer_name,
        campaign=summed.campaign,
        journey=summed.journey,
        currency=summed.currency,
        total_paid=summed.total_paid,
        ordered_at=summed.ordered_at,
        modified_at=summed.modified_at,
        via=via,
        first_seen_at=now,
        last_seen_at=now,
    )


def _enqueue(new: Sequence[Arrival]) -> None:
    complete = [one.key for one in new if is_complete(one)]
    rest = [one.key for one in new if not is_complete(one)]
    if complete:
        items.enqueue(ORDERS, complete)
    if rest:
        items.enqueue(ORDERS, rest, not_before=timezone.now() + GRACE, reason=AWAITED)


def _requeue(changed: Sequence[Arrival]) -> None:
    """What is incomplete is given its time of grace, from now."""
    complete = [one.key for one in changed if is_complete(one)]
    rest = [one.key for one in changed if not is_complete(one)]
    if complete:
        items.nudge(ORDERS, complete, CHANGED)
    if rest:
        items.postpone(ORDERS, rest, timezone.now() + GRACE, AWAITED)


def _changed_after_sending(arrival: Arrival, sent_hash: str) -> Finding:
    summed = summary(arrival.payload)
    is_back = arrival.content_hash == sent_hash
    return Finding(
        subject=subject_of(arrival.key, summed),
        problems=() if is_back else (changed_after_sending(arrival.key),),
        source="campaign_orders",
        source_payload=arrival.payload,
        healed_by=AS_SENT if is_back else "",
    )


def changed_after_sending(key: str, order_number: str = "") -> Problem:
    """The problem of an order that Prima holds with other contents."""
    booked = f" as {order_number}" if order_number else ""
    return Problem(
        "order_changed_after_sending",
        f"Order {key} was booked in Prima{booked}, and has changed in the campaign since.",
        {"order": key, **({"order_number": order_number} if order_number else {})},
    )
