"""Lets contacts into the back-in-stock journey: each request once, and nobody who said no.

An entry is no row: sent twice, somebody is written to twice. So a request is committed as "being
sent" before the call, and one whose outcome nobody knows is asked about first.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from connectors.errors import Rejected, TransientError
from connectors.sfmc.client import SfmcClient
from connectors.sfmc.journeys import MEMBERS_A_CALL, Entered, Entry, EntryOutcome
from connectors.sync.context import Context
from connectors.sync.models import StockRequest
from connectors.sync.order_events.sending import LOG_MARGIN
from connectors.sync.order_events.verdict import LOOK_AFTER
from connectors.sync.stock import event_problem
from integration.consent import rules, suppression
from integration.mapping.models import BackInStock
from integration.mirror.models import Contact
from integration.records.audience import Recipient

State = StockRequest.State
# In stock, and Marketing Cloud has said that it knows: the journey reads the product from there.
_DUE = """
SELECT request.id, product.values FROM sync_stockrequest AS request
JOIN sync_outgoingrow AS product
    ON product.part = 'product' AND upper(product.key) = upper(request.sku)
WHERE request.state = 'waiting' AND request.id > %s
  AND product.content_hash = product.confirmed_hash
  AND (product.values ->> 'in_stock')::boolean
  AND coalesce((product.values ->> 'stock')::numeric >= %s, true)
ORDER BY request.id LIMIT %s
"""

_ASKED_AGAIN = """
UPDATE sync_stockrequest AS request
SET state = 'lapsed', done_at = %s, why = 'Asked again later.'
FROM sync_stockrequest AS later
WHERE request.state = 'waiting' AND later.state = 'waiting'
  AND upper(later.sku) = upper(request.sku)
  AND upper(later.contact_key) = upper(request.contact_key)
  AND (later.requested_at, later.id) > (request.requested_at, request.id)
"""


@dataclass(frozen=True, slots=True)
class Due:
    """A request whose product can be sold, and what the table of products says of it."""

    request: StockRequest
    product: dict[str, Any]


def tell(context: Context, setting: BackInStock) -> None:
    """Everybody whose product is there. Raises the errors of `connectors.errors`."""
    client = context.remotes.sfmc()
    _settle_doubts(client)
    _lapse(setting)
    last = 0
    while (due := _due(last, setting)) and not context.is_over():
        last = due[-1].request.pk
        _tell(context, client, setting, due)
        context.beat()


def _tell(context: Context, client: SfmcClient, setting: BackInStock, due: Sequence[Due]) -> None:
    """Marked before the gate is asked: whoever says no from now on is looked for in the journey."""
    _mark_sending([one.request for one in due], setting.event_key)
    audience = suppression.allowed(_recipients(due), setting.channel, rules.MARKETING)
    cleared = [one for one in due if one.request.contact_key in audience.cleared]
    left_out = [one.request for one in due if one.request.contact_key not in audience.cleared]
    for request in left_out:
        why = audience.refused.get(request.contact_key, "Not cleared.")
        _end(request, State.LEFT_OUT, why)
    StockRequest.objects.bulk_update(left_out, ["state", "why", "done_at"])
    context.count(seen=len(due), unchanged=len(left_out))
    if not cleared:
        return
    requests = [one.request for one in cleared]
    try:
        outcomes = client.journeys.enter_many(
            setting.event_key, [_entry(one) for one in cleared], audience
        )
    except (Rejected, TransientError) as failure:
        if isinstance(failure, Rejected) or not failure.outcome_unknown:
            _put_back(requests)
        if isinstance(failure, Rejected):
            event_problem.found(setting.event_key, failure.message)
        raise
    _store(context, setting, requests, outcomes)


def _store(
    context: Context,
    setting: BackInStock,
    requests: Sequence[StockRequest],
    outcomes: Sequence[EntryOutcome],
) -> None:
    refused = []
    for request, outcome in zip(requests, outcomes, strict=True):
        if outcome.event_id:
            request.event_id = outcome.event_id[:64]
            _end(request, State.SENT, "")
        else:
            _end(request, State.REFUSED, outcome.message)
            refused.append(request)
    with transaction.atomic():
        StockRequest.objects.bulk_update(requests, ["state", "why", "event_id", "done_at"])
        event_problem.healed(setting.event_key)
        event_problem.refused(setting.event_key, refused)
    context.count(sent=len(requests) - len(refused), held=len(refused))


def _due(last: int, setting: BackInStock) -> list[Due]:
    with database.cursor() as cursor:
        cursor.execute(_DUE, [last, setting.least_stock, MEMBERS_A_CALL])
        found = dict(cursor.fetchall())
    requests = StockRequest.objects.filter(pk__in=found).order_by("pk")
    return [Due(request, json.loads(found[request.pk])) for request in requests]


def _recipients(due: Sequence[Due]) -> list[Recipient]:
    """With the address the contact has now, and the one typed in the request: the entry carries it,
    so the journey may write to either."""
    keys = {one.request.contact_key for one in due}
    known = Contact.objects.filter(key__in=keys, deleted_at__isnull=True).in_bulk(field_name="key")
    recipients = []
    for one in due:
        contact = known.get(one.request.contact_key)
        mobile = contact.mobile if contact else ""
        emails = {contact.email if contact else "", one.request.email} - {""}
        recipients += [
            Recipient(one.request.contact_key, email=email, mobile=mobile)
            for email in sorted(emails) or [""]
        ]
    return recipients


def _entry(one: Due) -> Entry:
    product, request = one.product, one.request
    return Entry(
        request.contact_key,
        {
            "SKU": request.sku,
            "ProductName": product.get("name"),
            "Price": product.get("price"),
            "Currency": product.get("currency"),
            "EmailAddress": request.email or None,
            "RequestedAt": request.requested_at,
        },
    )


def _mark_sending(requests: Sequence[StockRequest], event_key: str) -> None:
    now = timezone.now()
    for request in requests:
        request.state, request.sending_at, request.event_key = State.SENDING, now, event_key
    StockRequest.objects.bulk_update(requests, ["state", "sending_at", "event_key"])


def _put_back(requests: Sequence[StockRequest]) -> None:
    """Nothing was sent: they wait as before."""
    pks = [request.pk for request in requests]
    StockRequest.objects.filter(pk__in=pks, state=State.SENDING).update(state=State.WAITING)


def _settle_doubts(client: SfmcClient) -> None:
    """Requests that a lost run was about to send: Marketing Cloud is asked who came in."""
    doubts = list(StockRequest.objects.filter(state=State.SENDING).order_by("pk"))
    for event_key in sorted({one.event_key for one in doubts}):
        ours = [one for one in doubts if one.event_key == event_key]
        since = min(one.sending_at for one in ours if one.sending_at) - LOG_MARGIN
        _settle(ours, client.journeys.entered(event_key, since))


def _settle(doubts: Sequence[StockRequest], entered: Sequence[Entered]) -> None:
    """An entry of the contact that no other request accounts for is that of the request. The log
    may be behind, so what is not there yet stays in doubt for a while.
    """
    ids = [one.event_id for one in entered]
    told = StockRequest.objects.filter(event_id__in=ids)
    known = set(told.values_list("event_id", flat=True))
    free: dict[str, list[str]] = defaultdict(list)
    for one in entered:
        if one.event_id not in known:
            free[one.contact_key.upper()].append(one.event_id)
    for request in doubts:
        if ids := free[request.contact_key.upper()]:
            request.event_id = ids.pop()
            _end(request, State.SENT, "Found there after a doubtful answer.")
        elif request.sending_at is None or request.sending_at < timezone.now() - LOOK_AFTER:
            request.state = State.WAITING
    StockRequest.objects.bulk_update(doubts, ["state", "why", "event_id", "done_at"])


def _lapse(setting: BackInStock) -> None:
    """Requests nobody need answer: those that waited too long, and those made once more since."""
    now = timezone.now()
    with database.cursor() as cursor:
        cursor.execute(_ASKED_AGAIN, [now])
    StockRequest.objects.filter(
        state=State.WAITING, requested_at__lt=now - timedelta(days=setting.wait_days)
    ).update(state=State.LAPSED, done_at=now, why=f"Waited for {setting.wait_days} days.")


def _end(request: StockRequest, state: str, why: str, at: datetime | None = None) -> None:
    request.state, request.why, request.done_at = state, why[:250], at or timezone.now()
