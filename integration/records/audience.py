"""Who a message may go to: recipients, and audiences that have been through the consent gate.

What starts marketing takes an `Audience`, and only the gate (`integration.consent.suppression`)
makes one, so nobody can forget to ask.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

GOOD_FOR = timedelta(minutes=5)
"""Somebody may opt out meanwhile: an older audience has to be checked again."""
_SEAL = object()


@dataclass(frozen=True, slots=True)
class Recipient:
    """A contact by key, with the addresses at which it would be reached.

    `post` is the postal address as text. `customer` is the durable key, empty when not known.
    """

    key: str
    email: str = ""
    mobile: str = ""
    phone: str = ""
    post: str = ""
    customer: str = ""


class NotCleared(Exception):
    """Somebody would be written to without having been through the gate just before."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Contact keys that may be reached by the channel for the purpose, as of `checked_at`.

    `refused` tells, for every other key that was asked about, why not.
    """

    channel: str
    purpose: str
    cleared: frozenset[str]
    refused: Mapping[str, str]
    checked_at: datetime
    _seal: object = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self._seal is not _SEAL:
            raise NotCleared("Only the consent gate makes an audience.")

    def require(self, keys: Iterable[str]) -> None:
        """Raises NotCleared unless all of the keys are cleared, and were so a moment ago."""
        if datetime.now(UTC) - self.checked_at > GOOD_FOR:
            raise NotCleared("The audience was checked too long ago; ask the gate again.")
        missing = sorted(set(keys) - self.cleared)
        if missing:
            raise NotCleared(f"Not cleared by the consent gate: {', '.join(missing[:5])}.")


def cleared_by_the_gate(
    channel: str, purpose: str, cleared: Iterable[str], refused: Mapping[str, str]
) -> Audience:
    """For the gate alone; a test sees to it."""
    return Audience(channel, purpose, frozenset(cleared), refused, datetime.now(UTC), _seal=_SEAL)
