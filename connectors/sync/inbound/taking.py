"""Takes pushed orders in: each push once, and one that cannot be read becomes a case."""

import hashlib
import json
from typing import Any

from django.db import transaction
from django.utils import timezone

from connectors.sync import inbox, items
from connectors.sync.flow import ORDERS
from connectors.sync.models import Inbound
from connectors.sync.nudges import nudge
from connectors.sync.orders.arrival import Arrival
from connectors.sync.orders.push import MalformedPush, pushed
from connectors.sync.orders.summary import summary
from integration.core import problems
from integration.core.problems import Finding, Problem
from integration.mirror.models import CampaignOrder

AT_ONCE = 100
_KEY_SHOWN = 120


def take_all() -> int:
    """Everything that waits; answers how many pushes there were. May run twice at once."""
    taken = 0
    while batch := _take_some():
        taken += batch
    if taken:
        nudge(ORDERS)
    return taken


@transaction.atomic
def _take_some() -> int:
    rows = list(
        Inbound.objects.filter(processed_at__isnull=True)
        .select_for_update(skip_locked=True)
        .order_by("pk")[:AT_ONCE]
    )
    arrived: list[Arrival] = []
    for row in rows:
        arrived += _taken(row)
    inbox.store(arrived, CampaignOrder.Via.PUSH)
    Inbound.objects.bulk_update(rows, ["processed_at", "outcome", "order_key"])
    return len(rows)


def _taken(row: Inbound) -> list[Arrival]:
    """The orders of one push. What cannot be read is set aside with a case."""
    row.processed_at = timezone.now()
    try:
        bodies = _bodies(row.body)
    except MalformedPush as refused:
        row.order_key, row.outcome = _set_aside(f"push {row.pk}", row.body, refused), str(refused)
        return []
    found: list[Arrival] = []
    for number, body in enumerate(bodies, start=1):
        try:
            found.append(pushed(body))
        except MalformedPush as refused:
            part = f" part {number}" if len(bodies) > 1 else ""
            _set_aside(f"push {row.pk}{part}", body, refused)
            row.outcome = f"{part.strip().capitalize()} {refused}".strip()[:250]
    row.order_key = ", ".join(one.key for one in found)[:_KEY_SHOWN]
    row.outcome = row.outcome or _counted(len(found))
    return found


def _bodies(body: str) -> list[str]:
    """One order, or {"orders": [...]} with many; numbers keep the very digits they were sent with."""
    try:
        sent = json.loads(body, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise MalformedPush("The body is not complete, valid JSON.") from error
    if not isinstance(sent, dict) or "orders" not in sent:
        return [body]
    if not isinstance(sent["orders"], list):
        raise MalformedPush('"orders" must be a list of orders.')
    return [json.dumps(one, ensure_ascii=False) for one in sent["orders"]]


def _set_aside(key: str, body: str, why: MalformedPush) -> str:
    """Kept as an order that nobody can read, with its case; answers its key."""
    text = body.replace("\x00", "␀")
    payload: dict[str, Any] = {"order": {}, "lines": [], "promotions": [], "body": text}
    hashed = hashlib.sha256(body.encode("utf-8", "replace")).hexdigest()
    inbox.store([Arrival(key, payload, hashed)], CampaignOrder.Via.PUSH)
    items.hold(ORDERS, [key], str(why))
    problem = Problem(
        "unreadable_order",
        f"A pushed order cannot be read: {why}",
        {"order": key, "field": "body", "reason": "malformed"},
        pointers=["/body"],
    )
    problems.report(
        [
            Finding(
                subject=inbox.subject_of(key, summary(payload)),
                problems=(problem,),
                source="inbound",
                source_payload=payload,
            )
        ]
    )
    return key


def _counted(number: int) -> str:
    return "1 order" if number == 1 else f"{number} orders"
