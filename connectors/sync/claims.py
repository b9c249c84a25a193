"""Who works on which item: claims with a lease, taken in short transactions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from connectors.sync.models import SyncItem

State = SyncItem.State
CRASHES_ALLOWED = 1
"""An item that took its worker down more often than this is set aside."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The items this worker holds. `at` tells a nudge that comes later from one before.

    With `only_asks`, the items were in a crash and may be in Prima: it is asked, nothing is sent.
    """

    owner: str
    at: datetime
    items: tuple[SyncItem, ...]
    only_asks: bool = False


def take(
    flow: str, owner: str, size: int, only: Sequence[str] | None = None, *, clear: bool = False
) -> Claim:
    """Claims what is due, oldest first. What was in a crash comes last, and is sent one at a time:
    if it takes the worker down again, it was that one.

    With `clear`, only what can be sent without asking Prima first.
    """
    now = timezone.now()
    due = SyncItem.objects.filter(
        Q(not_before__isnull=True) | Q(not_before__lte=now), flow=flow, state=State.WAITING
    )
    if only is not None:
        due = due.filter(external_id__in=only)
    with transaction.atomic():
        sound = due.filter(crashes=0, in_doubt=False) if clear else due.filter(crashes=0)
        items, doubtful = _locked(sound, size), list[SyncItem]()
        if not items and not clear:
            doubtful = _locked(due.filter(crashes__gt=0, in_doubt=True), size)
            items = doubtful or _locked(due.filter(crashes__gt=0), 1)
        if items:
            SyncItem.objects.filter(pk__in=[item.pk for item in items]).update(
                state=State.WORKING,
                lease_owner=owner,
                lease_until=now + timedelta(seconds=settings.SYNC_LEASE_SECONDS),
                changed_at=now,
            )
    return Claim(owner, now, tuple(items), only_asks=bool(doubtful))


def renew(claim: Claim) -> None:
    """Keeps the lease while remote calls take their time."""
    SyncItem.objects.filter(
        pk__in=[item.pk for item in claim.items],
        lease_owner=claim.owner,
        state__in=[State.WORKING, State.SENDING],
    ).update(lease_until=timezone.now() + timedelta(seconds=settings.SYNC_LEASE_SECONDS))


def take_back(flow: str) -> int:
    """Items whose worker was lost wait again; those being sent then stay in doubt."""
    now = timezone.now()
    lost = SyncItem.objects.filter(
        flow=flow, state__in=[State.WORKING, State.SENDING], lease_until__lt=now
    )
    return lost.update(
        state=State.WAITING,
        crashes=F("crashes") + 1,
        lease_owner="",
        lease_until=None,
        not_before=now,
        changed_at=now,
        last_error="The worker was lost while it had this order.",
    )


def is_poison(item: SyncItem) -> bool:
    return item.crashes > CRASHES_ALLOWED


def _locked(due: QuerySet[SyncItem], size: int) -> list[SyncItem]:
    return list(due.order_by("id").select_for_update(skip_locked=True)[:size])
