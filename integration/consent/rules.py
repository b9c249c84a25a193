"""What a consent event weighs, and what somebody's standing is: pure decisions.

A standing is the latest moment of each thing that happened. Two standings are joined moment by
moment, so that events may come in any order, twice, or through both systems, and everybody ends
with the same answer: restricted, unless an evidenced opt-in is plainly later than the restriction.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

OPT_IN, OPT_OUT, OBJECTION, EXPIRE, BOUNCE = "opt_in", "opt_out", "objection", "expire", "bounce"
ALL = "all"
MARKETING, SERVICE = "marketing", "service"
CHANNELS = ("email", "sms", "phone", "mobile", "post", "third_party")
SKEW = timedelta(minutes=5)
"""Clocks differ: moments closer than this are in doubt, and doubt is restrictive."""
STATES = {
    OBJECTION: "objected",
    OPT_OUT: "opted_out",
    EXPIRE: "expired",
    BOUNCE: "bounced",
    OPT_IN: "opted_in",
}
"""By severity, the worst first."""
RESTRICTIONS = (OBJECTION, OPT_OUT, EXPIRE, BOUNCE)


@dataclass(frozen=True, slots=True)
class Claim:
    """What is said to have happened. `occurred_at` is None when nobody knows."""

    action: str
    channel: str
    purpose: str
    received_at: datetime
    occurred_at: datetime | None = None
    method: str = ""
    wording: str = ""
    source_ref: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Weight:
    """The moment from which the event counts, or why it does not count at all."""

    counts_at: datetime | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """The latest moment of each action, in one scope or joined over several."""

    opt_in: datetime | None = None
    opt_out: datetime | None = None
    objection: datetime | None = None
    expire: datetime | None = None
    bounce: datetime | None = None

    def joined(self, other: "Standing") -> "Standing":
        return Standing(
            *(_later(getattr(self, one.name), getattr(other, one.name)) for one in fields(Standing))
        )

    def restricted_by(self) -> str:
        """The worst restriction that no later opt-in has lifted; empty when there is none."""
        return next(iter(self.restrictions()), "")

    def restrictions(self) -> dict[str, datetime]:
        """Every restriction that no later opt-in has lifted, with its moment, the worst first."""
        return {action: getattr(self, action) for action in RESTRICTIONS if self._holds(action)}

    def state(self) -> str:
        """One of `STATES`' words; empty when nothing is known."""
        worst = self.restricted_by()
        return STATES[worst] if worst else STATES[OPT_IN] if self.opt_in else ""

    def since(self) -> datetime | None:
        """When the state began to hold."""
        moment: datetime | None = getattr(self, self.restricted_by() or OPT_IN)
        return moment

    def _holds(self, action: str) -> bool:
        moment: datetime | None = getattr(self, action)
        return moment is not None and not (self.opt_in is not None and self.opt_in > moment + SKEW)


def weigh(claim: Claim, authorised: Collection[str]) -> Weight:
    """Restrictions always count, from when they happened or, in doubt, from when they were told.

    An opt-in counts only with evidence, from a source that may capture it, and at a credible time.
    """
    if claim.action != OPT_IN:
        told, happened = claim.received_at, claim.occurred_at
        return Weight(told if happened is None else min(happened, told))
    why_not = _unsupported(claim, authorised)
    return Weight(None if why_not else claim.occurred_at, why_not)


def joined(standings: Iterable[Standing]) -> Standing:
    """All of them together: that of every scope which applies."""
    found = Standing()
    for one in standings:
        found = found.joined(one)
    return found


def scopes(channel: str, purpose: str) -> tuple[tuple[str, str], ...]:
    """The (channel, purpose) pairs that speak about this one: its own, and the wider ones."""
    return ((channel, purpose), (channel, ALL), (ALL, purpose), (ALL, ALL))


def widened(action: str, channel: str, purpose: str) -> tuple[str, str]:
    """The scope of an event: an objection is to every channel and purpose."""
    return (ALL, ALL) if action == OBJECTION else (channel, purpose)


def _unsupported(claim: Claim, authorised: Collection[str]) -> str:
    if ALL in (claim.channel, claim.purpose):
        return "An opt-in names one channel and one purpose."
    lacking = [
        words
        for words, value in (
            ("how it was given", claim.method),
            ("the wording that was shown", claim.wording),
            ("a reference to the evidence", claim.source_ref),
            ("when it was given", claim.occurred_at),
        )
        if not value
    ]
    if lacking:
        return f"It lacks {_listed(lacking)}."
    if claim.source not in authorised:
        return f"“{claim.source}” is not a place where consent is captured."
    if claim.occurred_at is not None and claim.occurred_at > claim.received_at + SKEW:
        return "It is dated in the future."
    return ""


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return max(one, other)


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
