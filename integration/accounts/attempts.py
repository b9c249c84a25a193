"""Slows guessing down: counts attempts per account and address, and makes too many of them wait."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from integration.accounts.models import AttemptCount

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Counter:
    """What is counted, and how many attempts are free before each further one must wait."""

    what: str
    free: int

    @property
    def key(self) -> str:
        return hashlib.sha256(self.what.encode()).hexdigest()


def of_sign_in(username: str, address: str) -> list[Counter]:
    """Strict for one account from one address; looser for each alone.

    So one person's typing errors do not shut out a whole office, and somebody who knows a user
    name cannot easily keep its owner out.
    """
    name = username.casefold()
    return [
        Counter(f"both:{name}:{address}", 5),
        Counter(f"account:{name}", 20),
        Counter(f"address:{address}", 50),
    ]


def of_second_factor(person_id: int) -> list[Counter]:
    return [Counter(f"code:{person_id}", 5)]


def begin(counters: Sequence[Counter]) -> timedelta:
    """Counts an attempt before it is judged; returns how long it must wait instead (mostly zero).

    Counting first means that guesses sent at the same moment cannot slip through together.
    """
    now = timezone.now()
    with transaction.atomic():
        AttemptCount.objects.bulk_create(
            [AttemptCount(key=counter.key, last_at=now) for counter in counters],
            ignore_conflicts=True,
        )
        rows = AttemptCount.objects.select_for_update().order_by("key")
        held = {row.key: row for row in rows.filter(key__in=[c.key for c in counters])}
        wait = max(_wait(held[counter.key], counter, now) for counter in counters)
        if not wait:
            for row in held.values():
                row.count = 1 if now - row.last_at > FORGOTTEN_AFTER else row.count + 1
                row.last_at = now
                row.save(update_fields=["count", "last_at"])
    return wait


def succeeded(counters: Sequence[Counter]) -> None:
    """Forgets the count of the account, and counts so old that nobody needs them.

    The count of the address goes on: one success does not clear it.
    """
    keys = [counter.key for counter in counters if not counter.what.startswith("address:")]
    old = Q(last_at__lt=timezone.now() - FORGOTTEN_AFTER)
    AttemptCount.objects.filter(Q(key__in=keys) | old).delete()


def address_of(request: HttpRequest) -> str:
    """Where the request came from. Behind our proxy, what that proxy saw."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))


def in_words(wait: timedelta) -> str:
    minutes = -(-int(wait.total_seconds()) // 60)
    return "a minute" if minutes <= 1 else f"{minutes} minutes"


def _wait(row: AttemptCount, counter: Counter, now: datetime) -> timedelta:
    over = row.count - counter.free
    if over < 0 or now - row.last_at > FORGOTTEN_AFTER:
        return timedelta(0)
    pause = min(FIRST_WAIT * (1 << min(over, 10)), LONGEST_WAIT)
    return max(row.last_at + pause - now, timedelta(0))
