"""The signature of a push: HMAC-SHA256 over `timestamp.body`, good for a few minutes, and once."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime

TIMESTAMP = "X-Desk-Timestamp"
SIGNATURE = "X-Desk-Signature"
_SIGNATURE = re.compile(r"(?:sha256=)?([0-9a-fA-F]{64})")
_TIMESTAMP = re.compile(r"\d{1,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Signed:
    """A push whose signature is good. The signature itself is what makes it known again."""

    at: datetime
    signature: str


class BadSignature(Exception):
    """Why a push is refused, in words for the sender that give nothing away."""


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """What the sender puts into the header: hexadecimal, in lower case."""
    return hmac.new(secret.encode(), b"%d." % timestamp + body, hashlib.sha256).hexdigest()


def checked(
    secret: str, timestamp: str, signature: str, body: bytes, *, window: int, now: datetime
) -> Signed:
    """Raises BadSignature. Compares in constant time; `window` is seconds either way."""
    given = _SIGNATURE.fullmatch(signature.strip())
    moment = _TIMESTAMP.fullmatch(timestamp.strip())
    if not secret or given is None or moment is None:
        raise BadSignature("The signature is missing or cannot be read.")
    seconds = int(moment[0])
    expected = sign(secret, seconds, body)
    if not hmac.compare_digest(expected, given[1].lower()):
        raise BadSignature("The signature does not fit.")
    if abs(now.timestamp() - seconds) > window:
        raise BadSignature("The timestamp is too far from now.")
    return Signed(datetime.fromtimestamp(seconds, UTC), expected)
