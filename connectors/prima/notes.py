"""Prima's signed notes that something changed: a hint where to look, never the change itself."""

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

ID, TIMESTAMP, SIGNATURE = (
    "Prima-Webhook-Id",
    "Prima-Webhook-Timestamp",
    "Prima-Webhook-Signature",
)
WINDOW_SECONDS = 300
_SECONDS = re.compile(r"\d{1,12}", re.ASCII)
_VERSION = "v1="


@dataclass(frozen=True, slots=True)
class Note:
    """`cursor` is where the change lies in the feed; whoever reads the feed has a cursor of their own."""

    company: str
    resource: str
    cursor: str


def signature(secret: str, note_id: str, timestamp: str, body: bytes) -> str:
    """What Prima writes into the header."""
    signed = b".".join((note_id.encode(), timestamp.encode(), body))
    return _VERSION + hmac.new(secret.encode(), signed, sha256).hexdigest()


def is_signed(
    secrets: Sequence[str], headers: Mapping[str, str], body: bytes, *, now: datetime
) -> bool:
    """Whether one of the secrets signed it, a few minutes ago at most.

    Takes as long whatever signature was given.
    """
    note_id, timestamp = headers.get(ID, ""), headers.get(TIMESTAMP, "")
    told = headers.get(SIGNATURE, "").strip().encode("utf-8", "replace")
    fits = [
        hmac.compare_digest(signature(secret, note_id, timestamp, body).encode(), told)
        for secret in secrets
        if secret
    ]
    if not _SECONDS.fullmatch(timestamp):
        return False
    return any(fits) and abs(now.timestamp() - int(timestamp)) <= WINDOW_SECONDS


def note_from(told: object) -> Note | None:
    """None for what is no note."""
    if not isinstance(told, dict):
        return None
    found = [told.get(name) for name in ("company", "resource", "cursor")]
    if not all(isinstance(one, str) and one for one in found):
        return None
    return Note(*map(str, found))
