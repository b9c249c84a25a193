"""Notifications that were kept, read: each event once, however often and late it is told."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

from connectors.sfmc.client import SfmcClient
from connectors.sfmc.notifications import UNSUBSCRIBED
from connectors.sync.consent import unsubscribed
from connectors.sync.consent.unsubscribed import Counted, Unsubscription, fingerprint
from connectors.sync.context import Context, Failure
from connectors.sync.models import Notification

AT_ONCE = 20
_NO_JOB = ("", "0", "None")


def work_off(client: SfmcClient, context: Context) -> int:
    """Everything that waits, oldest first; answers how many events were news."""
    new, after = 0, 0
    while not context.is_over():
        rows = list(
            Notification.objects.filter(processed_at__isnull=True, pk__gt=after).order_by("pk")[
                :AT_ONCE
            ]
        )
        if not rows:
            return new
        after = rows[-1].pk
        for row in rows:
            new += _one(client, row, context)
    return new


def _one(client: SfmcClient, row: Notification, context: Context) -> int:
    result = context.attempt(lambda: _taken(client, row))
    if isinstance(result, Failure):
        context.keep_failure(result)
        context.count(failed=1)
        Notification.objects.filter(pk=row.pk).update(
            attempts=F("attempts") + 1, outcome=str(result.error)[:250]
        )
        return 0
    context.count(seen=row.events, sent=result.new, unchanged=result.echoes + result.known)
    context.beat()
    return result.new


def _taken(client: SfmcClient, row: Notification) -> Counted:
    told = [one for entry in _entries(row.body) if (one := _read(entry)) is not None]
    distinct = {one.id: one for one in told}
    counted = unsubscribed.take(client, list(distinct.values()))
    Notification.objects.filter(pk=row.pk).update(
        processed_at=timezone.now(),
        outcome=f"{counted.new} new, {counted.echoes} our own, {counted.known} known, "
        f"{counted.lost} of nobody",
    )
    return counted


def _entries(body: str) -> list[Mapping[str, Any]]:
    found = json.loads(body)
    return [entry for entry in found if isinstance(entry, dict)]


def _read(entry: Mapping[str, Any]) -> Unsubscription | None:
    """None for what is no unsubscription. No event has an id, so its contents are its id."""
    if entry.get("eventCategoryType") != UNSUBSCRIBED:
        return None
    composite, info = _object(entry, "composite"), _object(entry, "info")
    parts = [str(composite.get(name, "")) for name in ("jobId", "listId", "batchId")]
    number, moment = str(composite.get("subscriberId", "")), entry.get("timestampUTC")
    job = "" if parts[0] in _NO_JOB else f"job {parts[0]}, batch {parts[2]}"
    return Unsubscription(
        id=f"sfmc:told:{fingerprint([UNSUBSCRIBED, *parts, number, moment])}",
        at=_moment(moment),
        number=number,
        email=str(info.get("to") or ""),
        reference=job,
        method=str(info.get("unsubscribeMethod") or ""),
    )


def _object(entry: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = entry.get(name)
    return found if isinstance(found, dict) else {}


def _moment(milliseconds: object) -> datetime:
    """`timestampUTC`; the date beside it is not in UTC and is not looked at."""
    try:
        return datetime.fromtimestamp(int(str(milliseconds)) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return timezone.now()
