"""Reads contacts: what changed in each run, and everything now and then."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from connectors.sfmc.rows import batches
from connectors.sfmc.subscribers import Subscriber
from connectors.sync import changed_rows
from connectors.sync.changed_rows import OVERLAP, follow_changes
from connectors.sync.contacts import shelf
from connectors.sync.context import Context
from connectors.sync.models import Cursor
from connectors.sync.orders.arrival import Row
from connectors.sync.source_tables import SourceTables

CHANGED = "contacts"
"""The cursors: how far changes, unsubscriptions and whole readings have come."""
UNSUBSCRIBED = "contacts.unsubscribed"
WHOLE = "contacts.whole"
WHOLE_SINCE = "contacts.whole_since"
WHOLE_AFTER = "contacts.whole_after"
WHOLE_EVERY = timedelta(hours=24)
STATUSES = ("Active", "Unsubscribed", "Held", "Bounced")
SUBSCRIBERS_A_TIME = 1_000

News = Callable[[Sequence[str]], None]
"""Called with the keys of contacts that are new or changed, in the transaction that keeps them."""


@dataclass(frozen=True, slots=True)
class Reader:
    tables: SourceTables
    context: Context
    news: News

    def read(self) -> None:
        """A whole reading when one is due or begun, then what changed since the last run."""
        if self._is_whole_due():
            self._read_whole()
        for page in self.tables.without_moment("contact", self.context.setting.batch_size):
            self._keep(page)
            if self.context.is_over():
                return
        follow_changes(
            lambda moment, size: self.tables.changed_since("contact", moment, size),
            self.tables.column("contact", "modified_at"),
            lambda page, last: self._keep(page, reached=last, asks=True),
            self.context,
            changed_rows.reached(CHANGED),
        )
        self._read_unsubscribed()

    def _is_whole_due(self) -> bool:
        done = changed_rows.reached(WHOLE)
        begun = bool(_text(WHOLE_SINCE))
        return begun or done is None or timezone.now() - done >= WHOLE_EVERY

    def _read_whole(self) -> None:
        """By key, so that a reading cut short goes on where it was; then what is gone is told."""
        begun = _text(WHOLE_SINCE) or timezone.now().isoformat()
        _put(WHOLE_SINCE, begun)
        column = self.tables.column("contact", "key").lower()
        size = self.context.setting.batch_size
        for page in self.tables.every("contact", _text(WHOLE_AFTER), size):
            self._keep(page)
            _put(WHOLE_AFTER, str(page[-1].get(column) or ""))
            if self.context.is_over():
                return
        for status in STATUSES:
            self._keep_subscribers(self.tables.client.subscribers.with_status(status))
        since = datetime.fromisoformat(begun)
        with transaction.atomic():
            shelf.forget_unread(since)
            if changed_rows.reached(CHANGED) is None:
                changed_rows.move(CHANGED, since)
                changed_rows.move(UNSUBSCRIBED, since)
            changed_rows.move(WHOLE, since)
            Cursor.objects.filter(flow__in=[WHOLE_SINCE, WHOLE_AFTER]).delete()

    def _keep(
        self, page: Sequence[Row], reached: datetime | None = None, *, asks: bool = False
    ) -> None:
        """Stores a page with how far it reaches; then `asks` for the subscribers of its news."""
        with transaction.atomic():
            kept = shelf.keep(page, self.tables.columns.fields["contact"])
            if kept.changed:
                self.news(kept.changed)
            if reached is not None:
                changed_rows.move(CHANGED, reached)
        if asks and kept.changed:
            self._keep_subscribers(self.tables.client.subscribers.with_keys(kept.changed))
        if kept.too_long:
            self.context.note("Contacts whose key is longer than 120 characters were left out.")
        self.context.count(seen=len(page), sent=len(kept.changed), unchanged=kept.unchanged)
        self.context.beat()

    def _read_unsubscribed(self) -> None:
        """A status changes without its contact."""
        now, since = timezone.now(), changed_rows.reached(UNSUBSCRIBED)
        if since is None:
            return
        self._keep_subscribers(self.tables.client.subscribers.unsubscribed_since(since - OVERLAP))
        changed_rows.move(UNSUBSCRIBED, now)

    def _keep_subscribers(self, found: Iterable[Subscriber]) -> None:
        for some in batches(found, SUBSCRIBERS_A_TIME):
            shelf.keep_subscribers(some)
            self.context.beat()


def _text(name: str) -> str:
    return Cursor.objects.filter(flow=name).values_list("value", flat=True).first() or ""


def _put(name: str, value: str) -> None:
    Cursor.objects.update_or_create(
        flow=name, defaults={"value": value, "moved_at": timezone.now()}
    )
