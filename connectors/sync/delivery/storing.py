"""Writes what became of a batch: set-based, in one short transaction together with its cases."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from connectors.sync import rows
from connectors.sync.claims import Claim
from connectors.sync.delivery.outcome import (
    Delivery,
    Outcome,
    finding,
    sent_payload,
)
from connectors.sync.inbox import changed_after_sending
from integration.core import problems
from integration.core.problems import Finding
from integration.mirror.models import PrimaOrder

# Only what is still ours may be sent: a lease that ran out has been taken over by somebody else.
_SENDING = """
UPDATE sync_syncitem AS item
SET state = 'sending', in_doubt = true, content_hash = told.hash, lease_until = %s
FROM unnest(%s::bigint[], %s::text[]) AS told (id, hash)
WHERE item.id = told.id AND item.lease_owner = %s AND item.state = 'working'
RETURNING item.id
"""
# What is in Prima is a fact, whoever holds the item by now. Anything else only its owner may say.
# An item that was nudged after its claim was judged by what has been overtaken: it waits again.
_OUTCOMES = """
UPDATE sync_syncitem AS item
SET state = CASE WHEN told.state = 'held' AND item.changed_at > %s THEN 'waiting'
            ELSE told.state END,
    not_before = CASE WHEN item.changed_at > %s THEN %s ELSE told.not_before END,
    in_doubt = told.in_doubt, attempts = told.attempts, crashes = told.crashes,
    last_error = told.last_error, lease_owner = '', lease_until = NULL, changed_at = %s
FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::boolean[], %s::int[], %s::int[],
            %s::text[]) AS told (id, state, not_before, in_doubt, attempts, crashes, last_error)
WHERE item.id = told.id AND item.state <> 'sent'
  AND (item.lease_owner = %s OR told.state = 'sent')
RETURNING item.id
"""
_SENT = """
UPDATE mirror_campaignorder AS placed SET sent_hash = told.hash
FROM unnest(%s::bigint[], %s::text[]) AS told (id, hash)
WHERE placed.id = told.id
RETURNING placed.id, placed.content_hash <> told.hash
"""


def mark_sending(claim: Claim, deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Commits that these are about to be sent; answers those that are still ours to send."""
    if not deliveries:
        return []
    lease = timezone.now() + timedelta(seconds=settings.SYNC_LEASE_SECONDS)
    ids = [delivery.item.pk for delivery in deliveries]
    hashes = [delivery.order.content_hash for delivery in deliveries]
    with database.cursor() as cursor:
        cursor.execute(_SENDING, [lease, ids, hashes, claim.owner])
        ours = {row[0] for row in cursor.fetchall()}
    return [delivery for delivery in deliveries if delivery.item.pk in ours]


def store(claim: Claim, outcomes: Sequence[Outcome]) -> None:
    """Items, booked orders and cases commit together or not at all."""
    if not outcomes:
        return
    now = timezone.now()
    booked = [outcome for outcome in outcomes if outcome.placed is not None]
    with transaction.atomic():
        stored = _write_items(claim, outcomes, now)
        changed = _write_booked(booked, now)
        findings = [
            found
            for outcome in outcomes
            if outcome.delivery.item.pk in stored and (found := outcome.finding) is not None
        ]
        problems.report([*findings, *changed])


def _write_items(claim: Claim, outcomes: Sequence[Outcome], now: datetime) -> set[int]:
    columns: list[list[Any]] = [
        [outcome.delivery.item.pk for outcome in outcomes],
        [outcome.state.value for outcome in outcomes],
        [outcome.not_before or now for outcome in outcomes],
        [outcome.in_doubt for outcome in outcomes],
        [outcome.attempts for outcome in outcomes],
        [outcome.crashes for outcome in outcomes],
        [outcome.last_error for outcome in outcomes],
    ]
    with database.cursor() as cursor:
        cursor.execute(_OUTCOMES, [claim.at, claim.at, now, now, *columns, claim.owner])
        return {row[0] for row in cursor.fetchall()}


def _write_booked(booked: Sequence[Outcome], now: datetime) -> list[Finding]:
    """The booked orders; the findings are those that changed in the campaign meanwhile."""
    if not booked:
        return []
    placed = [row for outcome in booked if (row := _row(outcome, now)) is not None]
    rows.write(placed, unique="campaign_order", update=["order_status"])
    ids = [outcome.delivery.order.pk for outcome in booked]
    with database.cursor() as cursor:
        cursor.execute(_SENT, [ids, [_sent_hash(outcome) for outcome in booked]])
        changed = {row[0] for row in cursor.fetchall() if row[1]}
    return [
        finding(delivery, (changed_after_sending(delivery.order.key, outcome.placed.order_number),))
        for outcome in booked
        if outcome.placed and (delivery := outcome.delivery).order.pk in changed
    ]


def _sent_hash(outcome: Outcome) -> str:
    """An order found after a doubt has the contents that were being sent then."""
    delivery = outcome.delivery
    sent_then = delivery.item.content_hash if outcome.found and delivery.item.in_doubt else ""
    return sent_then or delivery.order.content_hash


def _row(outcome: Outcome, now: datetime) -> PrimaOrder | None:
    placed, delivery = outcome.placed, outcome.delivery
    if placed is None:
        return None
    return PrimaOrder(
        campaign_order=delivery.order,
        prima_id=placed.id,
        order_number=placed.order_number,
        account_code=placed.account_code,
        currency=placed.currency,
        gross=placed.gross,
        order_status=placed.order_status,
        payload=sent_payload(delivery.sales_order) if delivery.sales_order else {},
        found=outcome.found,
        created_at=now,
    )
