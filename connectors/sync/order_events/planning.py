"""What is to be told of an order, given where it stands and what was noted before: pure decisions."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from integration.records.milestones import Milestone, Standing, Step, reached

Refusal = Callable[[Step], str]
"""Why a milestone is not told although it is news; empty when it is told."""


@dataclass(frozen=True, slots=True)
class Known:
    """An event noted before. It `is_open` while nobody was told and nobody may have been."""

    milestone: Milestone
    parcel: str
    is_open: bool

    @property
    def step(self) -> tuple[Milestone, str]:
        return self.milestone, self.parcel


@dataclass(frozen=True, slots=True)
class Noted:
    """A new event. With a `passed` reason it is noted and not told."""

    step: Step
    passed: str = ""


@dataclass(slots=True)
class Plan:
    """`named` gives an event its parcel; `overtaken` are open events that come too late, and why."""

    noted: list[Noted] = field(default_factory=list)
    named: list[tuple[Known, str]] = field(default_factory=list)
    overtaken: list[tuple[Known, str]] = field(default_factory=list)


def plan(standing: Standing, known: Sequence[Known], refusal: Refusal) -> Plan:
    """Whatever Prima repeats, leaves out or tells in another order, each step is noted once.

    A step that others had overtaken before it was seen is passed over, not told late.
    """
    found = Plan()
    steps = _unseen(reached(standing), known, found)
    there = {one.milestone for one in known} | {step.milestone for step in steps}
    for step in steps:
        late = overtaking(step.milestone, there)
        found.noted.append(Noted(step, late or refusal(step)))
    for one in known:
        if one.is_open and (late := overtaking(one.milestone, there)):
            found.overtaken.append((one, late))
    return found


def overtaking(milestone: Milestone, others: Iterable[Milestone]) -> str:
    """Why the milestone comes too late; empty when it does not."""
    later = [one for one in others if milestone.is_overtaken_by([one])]
    if not later:
        return ""
    last = max(later, key=lambda one: one.rank)
    return f"The order was {last.label.lower()} before this could be told."


def _unseen(steps: Sequence[Step], known: Sequence[Known], found: Plan) -> list[Step]:
    """Steps not noted yet. A part despatch noted before its parcel was known gets the first one."""
    seen = {one.step for one in known}
    nameless = next((one for one in known if one.step == (Milestone.PART_DESPATCHED, "")), None)
    has_part = any(one.milestone == Milestone.PART_DESPATCHED for one in known)
    unseen = []
    for step in steps:
        if (step.milestone, step.parcel) in seen:
            continue
        if step.milestone == Milestone.PART_DESPATCHED:
            if not step.parcel and has_part:
                continue  # Its parcels are noted; Prima has only lost sight of them.
            if nameless is not None and step.parcel:
                found.named.append((nameless, step.parcel))
                nameless = None
                continue
        unseen.append(step)
    return unseen
