"""What a difference between the systems asks for: one pure decision per field.

Values are compared as tokens (a hash of the value in one way of writing; empty for nothing). What a
system was last known to say, and what the desk last wrote to it, are tokens as well: a value that
comes back just as it was written is an echo and asks for nothing.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from integration.ownership.fields import Owner, Rule, System


class Step(StrEnum):
    """What to do about one field."""

    SETTLED = "settled"
    WRITE = "write"
    PUT_BACK = "put_back"
    FILL = "fill"
    PROPOSE = "propose"
    ACCEPTED = "accepted"
    WAIT = "wait"
    STUCK = "stuck"


WRITING = frozenset({Step.WRITE, Step.PUT_BACK, Step.FILL, Step.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Written:
    """The desk wrote `token` over `before`. `is_seen`: the system has been read since."""

    token: str
    before: str
    is_seen: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One system. `known` is what it said when that was last settled; None before the first time."""

    now: str
    known: str | None = None
    written: Written | None = None

    @property
    def changed(self) -> bool:
        return self.known is not None and self.now != self.known


@dataclass(frozen=True, slots=True)
class Asked:
    """A proposal of `token`, and what a person said to it."""

    token: str
    state: Literal["open", "accepted", "rejected"]


@dataclass(frozen=True, slots=True)
class Decision:
    """`source`'s value goes to `target`; for a proposal, the target is the owner."""

    step: Step
    source: Owner
    target: Owner


def decide(
    rule: Rule, sfmc: Side, prima: Side, asked: Asked | None = None, hub: str | None = None
) -> tuple[Decision, ...]:
    """One decision, or one for each system when the hub keeps the field."""
    if rule.owner == "hub":
        return _by_hub(rule, sfmc, prima, asked, hub)
    if rule.owner == "prima":
        return (_decision(rule, "prima", prima, "sfmc", sfmc, asked),)
    return (_decision(rule, "sfmc", sfmc, "prima", prima, asked),)


def _by_hub(
    rule: Rule, sfmc: Side, prima: Side, asked: Asked | None, hub: str | None
) -> tuple[Decision, ...]:
    """A hub without a value takes the first it finds; the other system is dealt with after that."""
    sides: tuple[tuple[System, Side], ...] = (("prima", prima), ("sfmc", sfmc))
    if hub is None and prima.now != sfmc.now:
        first, other = sides if prima.now else sides[::-1]
        return Decision(Step.FILL, first[0], "hub"), Decision(Step.WAIT, "hub", other[0])
    token = prima.now if hub is None else hub
    # What a side was last known to say is what the hub held then: another value now is its change.
    return tuple(
        _decision(rule, "hub", Side(token, side.known), name, side, asked) for name, side in sides
    )


def _decision(
    rule: Rule, owner: Owner, mine: Side, other: System, theirs: Side, asked: Asked | None
) -> Decision:
    step = _step(rule, mine, theirs, asked)
    upwards = step in (Step.FILL, Step.PROPOSE, Step.ACCEPTED)
    return Decision(step, *((other, owner) if upwards else (owner, other)))


def _step(rule: Rule, mine: Side, theirs: Side, asked: Asked | None) -> Step:
    if mine.now == theirs.now:
        return Step.SETTLED
    answer = asked.state if asked is not None and asked.token == theirs.now else ""
    if answer == "accepted":
        return _unless_written(Step.ACCEPTED, mine, theirs.now)
    if answer == "open":
        return Step.WAIT
    wanted = _wanted(rule, mine, theirs, answer)
    if wanted == Step.PROPOSE:
        return wanted
    if wanted == Step.FILL:
        return _unless_written(wanted, mine, theirs.now)
    return _unless_written(wanted, theirs, mine.now)


def _wanted(rule: Rule, mine: Side, theirs: Side, answer: str) -> Step:
    never_had = theirs.known is None and not theirs.now
    if rule.on_other == "fill" and not mine.now and not mine.changed:
        return Step.FILL
    if rule.on_other == "propose" and not never_had and not answer:
        overtaken = theirs.written is not None and theirs.now == theirs.written.before
        moved = theirs.known is None or (theirs.changed and not overtaken)
        if moved or not (mine.changed or overtaken):
            return Step.PROPOSE
    return Step.WRITE if mine.changed or never_had else Step.PUT_BACK


def _unless_written(step: Step, side: Side, token: str) -> Step:
    """The same value is written once. A system that goes on saying something else is not fought."""
    if side.written is None or side.written.token != token:
        return step
    if not side.written.is_seen and side.now == side.written.before:
        return Step.WAIT
    return Step.STUCK
