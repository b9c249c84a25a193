"""Keeps who asked for a flow to run soon: before it begins once is enough, while it runs it is not.

Whoever asks locks the row until their transaction ends, and a run takes the row before it reads
anything: what was written together with the asking is seen by that run, or by a later one.
"""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from connectors.sync.models import FlowAsk

LOST_AFTER = timedelta(seconds=60)
"""A task that has not begun for so long may be lost: whoever asks then makes another."""
_ASK = """
INSERT INTO sync_flowask (flow, asked_at, missed) VALUES (%s, %s, false)
ON CONFLICT (flow) DO UPDATE SET asked_at = EXCLUDED.asked_at
WHERE sync_flowask.asked_at IS NULL OR sync_flowask.asked_at < %s
"""


def ask(flow: str) -> bool:
    """Whether a task is needed: not when somebody has asked and the flow has not begun since."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_ASK, [flow, now, now - LOST_AFTER])
        return bool(cursor.rowcount)


def take(flow: str) -> None:
    """The flow begins: what was asked so far is being answered."""
    FlowAsk.objects.filter(flow=flow, asked_at__isnull=False).update(asked_at=None, missed=False)


def miss(flow: str) -> bool:
    """It runs already, and may have looked before it was asked. Whether anybody had asked."""
    return bool(FlowAsk.objects.filter(flow=flow, asked_at__isnull=False).update(missed=True))


def is_missed(flow: str) -> bool:
    """Whether it was asked for while it ran. To be looked at after its lock was let go."""
    return FlowAsk.objects.filter(flow=flow, missed=True).exists()
