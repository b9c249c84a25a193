"""One call to a remote system as it is kept: what was sent, what came back, without secrets."""

import re
from dataclasses import dataclass
from datetime import datetime

KEPT_CHARACTERS = 20_000

_SECRET = re.compile(
    r"""(?ix)
    ("(?:(?:client_)?secret|access_token|refresh_token|password|signatureKey)"\s*:\s*")(?:[^"\\]|\\.)*
    | (\b(?:client_secret|access_token|password)=)[^&\s]*
    | (<(?:\w+:)?fueloauth\b[^>]*>)(?:(?!</(?:\w+:)?fueloauth).)*
    """,
    re.DOTALL,
)

# Looked for first, because the pattern is slow and hardly any body has one.
_MARKS = ("client_secret", '"secret"', "_token", "password", "signaturekey", "fueloauth")


@dataclass(frozen=True, slots=True)
class Exchange:
    """`status` is None when nothing was answered; then `error` says why. Headers are not kept.

    `weight` is how many calls it counts as: a batch does the work of many.
    """

    system: str
    method: str
    path: str
    status: int | None
    started_at: datetime
    seconds: float
    request_body: str = ""
    response_body: str = ""
    request_id: str = ""
    error: str = ""
    weight: int = 1


def kept(body: bytes | None) -> str:
    """A body as text, with secrets blanked and a long one cut."""
    if not body:
        return ""
    shown = _without_secrets(body[: KEPT_CHARACTERS + 1].decode("utf-8", "replace"))
    if len(body) <= KEPT_CHARACTERS:
        return shown
    return f"{shown[:KEPT_CHARACTERS]}… ({len(body):,} bytes in all)"


def _without_secrets(text: str) -> str:
    lower = text.lower()
    if not any(mark in lower for mark in _MARKS):
        return text
    return _SECRET.sub(lambda found: f"{found[1] or found[2] or found[3]}…", text)
