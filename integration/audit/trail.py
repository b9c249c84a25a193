"""Writes and verifies the audit trail: `record(...)` and `verify()`."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone

from integration.accounts.models import User
from integration.audit.models import AuditEntry

_LOCK = 7_260_115  # Any constant: it names the one lock under which the chain grows.
SYSTEM = "Prima desk"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the chain found. `broken_at` is the first entry that does not fit."""

    entries: int
    head: str
    broken_at: int | None = None
    why: str = ""

    @property
    def sound(self) -> bool:
        return self.broken_at is None


def record(
    action: str,
    *,
    actor: User | None,
    target: models.Model | None = None,
    actor_name: str = "",
    label: str = "",
    **details: Any,
) -> AuditEntry:
    """Adds an entry in the caller's transaction, so that change and entry commit together.

    `actor` None is the desk itself, or `actor_name`. `details` are kept as JSON; amounts and
    other numbers with decimals become text, so that the entry reads back exactly as written.
    """
    entry = AuditEntry(
        actor=actor,
        actor_name=_text(actor_name or (str(actor) if actor else SYSTEM), 150),
        action=_text(action, 80),
        target_type=target._meta.label_lower if target is not None else "",
        target_id=_text(str(target.pk), 120) if target is not None else "",
        target_label=_text(label or (str(target) if target is not None else ""), 250),
        details=plain(details),
    )
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        entry.at = timezone.now()
        newest = AuditEntry.objects.order_by("-id").values_list("hash", flat=True).first()
        entry.previous_hash = newest or ""
        entry.hash = fingerprint(entry)
        entry.save(force_insert=True)
    return entry


def verify(*, newest: int | None = None) -> Verdict:
    """Walks the chain from the oldest entry, or only over the `newest` ones."""
    rows = AuditEntry.objects.order_by("id")
    expected: str | None = ""
    if newest is not None:
        ids = AuditEntry.objects.order_by("-id").values_list("id", flat=True)[:newest]
        first = min(ids, default=0)
        rows = rows.filter(id__gte=first)
        expected = None if AuditEntry.objects.filter(id__lt=first).exists() else ""
    seen, head = 0, ""
    for entry in rows.iterator(chunk_size=2_000):
        if why := _fault(entry, expected):
            return Verdict(seen, head, entry.pk, why)
        seen += 1
        expected = head = entry.hash
    return Verdict(seen, head)


def fingerprint(entry: AuditEntry) -> str:
    """SHA-256 over the entry's content and the hash of the one before."""
    content = [
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor_id,
        entry.actor_name,
        entry.action,
        entry.target_type,
        entry.target_id,
        entry.target_label,
        entry.details,
        entry.previous_hash,
    ]
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def plain(value: Any) -> Any:
    """The value as JSON that the database returns unchanged."""
    match value:
        case None | bool() | int():
            return value
        case float() | Decimal():
            return str(value)
        case str():
            return _text(str(value))
        case Mapping():
            return {_text(str(key)): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
        case models.Model():
            return _text(str(value))
    return plain(DjangoJSONEncoder().default(value))


def _fault(entry: AuditEntry, expected: str | None) -> str:
    if expected is not None and entry.previous_hash != expected:
        return "the entry before it was removed or replaced"
    if entry.hash != fingerprint(entry):
        return "its content was altered"
    return ""


def _text(value: str, limit: int | None = None) -> str:
    """Text as PostgreSQL can hold it: no NUL, no half of a surrogate pair."""
    clean = value.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return clean.encode("utf-8", "replace").decode()[:limit]
