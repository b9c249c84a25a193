"""Who tells which events: claims with a lease, one event of an order at a time, in their order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from connectors.sync.order_contacts import contacts_of
from connectors.sync.order_event import OrderEvent
from connectors.sync.order_events.reporting import close

State = OrderEvent.State
MOST_REVIVED = 1_000


@dataclass(frozen=True, slots=True)
class Claim:
    """`fresh` may be told; `doubtful` may have been told already."""

    at: datetime
    fresh: tuple[OrderEvent, ...]
    doubtful: tuple[OrderEvent, ...]


def take(size: int) -> Claim:
    """What is due, oldest first; of each order only the first that is not settled."""
    now = timezone.now()
    earlier = OrderEvent.objects.filter(
        order_number=OuterRef("order_number"),
        state__in=[State.WAITING, State.SENDING],
        pk__lt=OuterRef("pk"),
    )
    with transaction.atomic():
        events = list(
            OrderEvent.objects.filter(state=State.WAITING, not_before__lte=now)
            .exclude(Exists(earlier))
            .order_by("id")
            .select_for_update(skip_locked=True, no_key=True)[:size]
        )
        lease = now + timedelta(seconds=settings.SYNC_LEASE_SECONDS)
        for event in events:
            event.state, event.lease_until = State.SENDING, lease
            event.sending_at = event.sending_at if event.in_doubt else now
        OrderEvent.objects.bulk_update(events, ["state", "lease_until", "sending_at"])
    return Claim(
        now,
        tuple(event for event in events if not event.in_doubt),
        tuple(event for event in events if event.in_doubt),
    )


def renew(events: list[OrderEvent]) -> None:
    """Keeps the lease while remote calls take their time."""
    OrderEvent.objects.filter(pk__in=[event.pk for event in events], state=State.SENDING).update(
        lease_until=timezone.now() + timedelta(seconds=settings.SYNC_LEASE_SECONDS)
    )


def take_back() -> int:
    """Events whose worker was lost wait again. Marketing Cloud is asked about them first."""
    now = timezone.now()
    return OrderEvent.objects.filter(state=State.SENDING, lease_until__lt=now).update(
        state=State.WAITING,
        in_doubt=True,
        lease_until=None,
        not_before=now,
        reason="The worker was lost while it told this.",
    )


def again(keys: Sequence[str], *, insist: bool) -> int:
    """A person wants held events told now; with `insist` also those that are late."""
    held = OrderEvent.objects.filter(key__in=keys, state=State.HELD)
    news = {"insisted": True} if insist else {}
    return held.update(state=State.WAITING, not_before=timezone.now(), reason="", **news)


def pass_over(keys: Sequence[str], reason: str) -> list[OrderEvent]:
    """A person wants held events not to be told; answers them."""
    with transaction.atomic():
        events = list(
            OrderEvent.objects.filter(key__in=keys, state=State.HELD)
            .order_by("id")
            .select_for_update(no_key=True)
        )
        for event in events:
            event.state, event.reason = State.PASSED, reason[:250]
        OrderEvent.objects.bulk_update(events, ["state", "reason"])
        close(events)
    return events


def revive() -> int:
    """Events that had nobody to tell wait again when their order has a contact by now."""
    held = dict(
        OrderEvent.objects.filter(state=State.HELD, contact_key="").values_list(
            "pk", "order_number"
        )[:MOST_REVIVED]
    )
    if not held:
        return 0
    contacts = contacts_of(sorted(set(held.values())))
    known = {number for number, one in contacts.items() if one.contact_key}
    return OrderEvent.objects.filter(
        pk__in=[pk for pk, number in held.items() if number in known], state=State.HELD
    ).update(state=State.WAITING, not_before=timezone.now(), reason="")
