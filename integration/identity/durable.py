"""Durable keys: made once for a customer, never derived from anything about them."""

import secrets
import time
from uuid import UUID

_VERSION, _VARIANT = 7, 0b10


def new_uid() -> UUID:
    """A UUID of version 7 (RFC 9562): milliseconds since 1970, then chance. Newer ones sort last."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80
    value |= _VERSION << 76 | secrets.randbits(12) << 64
    value |= _VARIANT << 62 | secrets.randbits(62)
    return UUID(int=value)
