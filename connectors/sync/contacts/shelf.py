"""Keeps contacts in the mirror as they are read: what is new or changed is written, in bulk."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from connectors.sfmc.subscribers import Subscriber
from connectors.sfmc.values import MalformedValue, as_bool, as_moment
from connectors.sync import rows
from connectors.sync.orders.arrival import Record, Row, content_hash, record
from integration.mirror.models import Contact

KEY_LENGTH = 120
_UNTOLD = frozenset({"modified_at", "extra"})
"""The time of change, and columns the desk does not know: a contact is no other for them."""
_TEXTS: Mapping[str, int] = {
    "email": 254,
    "first_name": 100,
    "last_name": 100,
    "company_name": 200,
    "tax_number": 40,
    "mobile": 40,
    "postcode": 20,
    "campaign": 120,
}
_UPDATED = (
    *_TEXTS, "is_lead", "data", "content_hash", "modified_at", "deleted_at", "read_at",
)  # fmt: skip
_STATUSES = """
UPDATE mirror_contact AS contact
SET subscriber_id = told.id, status = told.status
FROM json_to_recordset(%s) AS told (key text, id text, status text)
WHERE contact.key = told.key
  AND (contact.subscriber_id, contact.status) IS DISTINCT FROM (told.id, told.status)
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a page brought: keys of contacts that are new or changed, and how many were neither.

    `too_long` counts keys that no account can be tied to.
    """

    changed: tuple[str, ...] = ()
    unchanged: int = 0
    too_long: int = 0


def keep(page: Sequence[Row], fields: Mapping[str, str]) -> Kept:
    """Stores a page; `fields` maps a column in lower case to our field. Twice is as once."""
    now = timezone.now()
    found = [_row(record(row, fields), now) for row in page]
    by_key = {row.key: row for row in found if row.key and len(row.key) <= KEY_LENGTH}
    with transaction.atomic():
        known = {
            key: (hashed, deleted_at)
            for key, hashed, deleted_at in Contact.objects.filter(key__in=by_key)
            .order_by("key")
            .select_for_update()
            .values_list("key", "content_hash", "deleted_at")
        }
        news = [row for key, row in by_key.items() if known.get(key) != (row.content_hash, None)]
        rows.write(news, unique="key", update=_UPDATED)
        changed = {row.key for row in news}
        same = [key for key in by_key if key not in changed]
        Contact.objects.filter(key__in=same).update(read_at=now)
    too_long = sum(len(row.key) > KEY_LENGTH for row in found)
    return Kept(tuple(changed), len(same), too_long)


def keep_subscribers(found: Iterable[Subscriber]) -> int:
    """Numbers and statuses of subscribers at the contacts they belong to; how many changed."""
    told = [{"key": one.key, "id": one.id, "status": one.status} for one in found]
    if not told:
        return 0
    with database.cursor() as cursor:
        cursor.execute(_STATUSES, [rows.as_json(told)])
        return int(cursor.rowcount)


def forget_unread(since: datetime) -> int:
    """After a whole reading: a contact that it did not hold is gone in Marketing Cloud."""
    return Contact.objects.filter(read_at__lt=since, deleted_at__isnull=True).update(
        deleted_at=timezone.now()
    )


def told(data: Mapping[str, object]) -> dict[str, object]:
    """What a contact says, without what is empty and what may change with no news."""
    return {name: value for name, value in data.items() if value and name not in _UNTOLD}


def _row(data: Record, now: datetime) -> Contact:
    texts = {name: str(data.get(name) or "").strip()[:most] for name, most in _TEXTS.items()}
    return Contact(
        key=str(data.get("key") or "").strip(),
        is_lead=_flag(str(data.get("is_lead") or "")),
        data=data,
        content_hash=content_hash(told(data)),
        modified_at=_moment(str(data.get("modified_at") or "")),
        read_at=now,
        **texts,
    )


def _flag(text: str) -> bool:
    try:
        return as_bool(text)
    except MalformedValue:
        return False


def _moment(text: str) -> datetime | None:
    try:
        return as_moment(text)
    except MalformedValue:
        return None
