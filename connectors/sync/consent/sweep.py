"""Asks Marketing Cloud for unsubscriptions: finds what no notification told."""

from datetime import datetime, timedelta
from itertools import islice

from django.utils import timezone

from connectors.sfmc.client import SfmcClient
from connectors.sync.consent import unsubscribed
from connectors.sync.consent.unsubscribed import Unsubscription, fingerprint
from connectors.sync.context import Context
from connectors.sync.models import Cursor, NotificationCallback

CURSOR = "consent_sweep"
OVERLAP = timedelta(minutes=10)
"""Records may become visible later than they say they happened, and clocks differ."""
FIRST_LOOK = timedelta(days=30)
AT_ONCE = 500
EVERY = timedelta(seconds=45)


def is_due() -> bool:
    """Always without notifications. With them a run is nudged for each, and need not ask each time."""
    if not NotificationCallback.objects.filter(
        status=NotificationCallback.Status.SUBSCRIBED
    ).exists():
        return True
    kept = Cursor.objects.filter(flow=CURSOR).values_list("moved_at", flat=True).first()
    return kept is None or kept < timezone.now() - EVERY


def sweep(client: SfmcClient, context: Context) -> int:
    """What happened since the last time, and a little before; answers how many were news.

    The cursor moves when everything before it has been kept: to when the asking began.
    """
    began = timezone.now()
    since = _cursor() or began - FIRST_LOOK
    events = client.subscribers.unsub_events_since(since - OVERLAP)
    new = 0
    while some := list(islice(events, AT_ONCE)):
        counted = unsubscribed.take(
            client,
            [
                Unsubscription(
                    id="sfmc:found:"
                    + fingerprint([one.subscriber_key, one.occurred_at, one.send_id, one.batch_id]),
                    at=one.occurred_at,
                    key=one.subscriber_key,
                    reference=""
                    if one.send_id in ("", "0")
                    else f"job {one.send_id}, batch {one.batch_id}",
                )
                for one in some
            ],
        )
        new += counted.new
        context.count(seen=len(some), sent=counted.new, unchanged=counted.echoes + counted.known)
        context.beat()
    Cursor.objects.update_or_create(
        flow=CURSOR, defaults={"value": began.isoformat(), "moved_at": began}
    )
    return new


def _cursor() -> datetime | None:
    kept = Cursor.objects.filter(flow=CURSOR).values_list("value", flat=True).first()
    return datetime.fromisoformat(kept) if kept else None
