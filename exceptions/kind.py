"""What a kind of exception is: its words, its owner, its root cause and what can be done about it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from typing import ClassVar

from exceptions.models import ExceptionCase
from integration.accounts.roles import Role
from integration.core.folder import members


class Severity(StrEnum):
    """How much it hurts while it waits. The word is shown beside the colour."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A likely answer. `initial` fills the form of the action; `reason` says why it is likely."""

    action: str
    label: str
    reason: str
    initial: Mapping[str, str] = field(default_factory=dict)
    score: int = 0


class Kind:
    """One kind of exception. A file in `exceptions/kinds` with one subclass is a kind.

    `grouped_by` names the facts that make up the root cause: sightings that agree in them are one
    case. The fact "order" is always there (the key of the record). When none of the named facts
    was given, the record itself is the root cause. `personal` names the facts that are personal
    data: they are masked in what was said for those who may not see it, and erased with the person.
    """

    slug: ClassVar[str]
    title: ClassVar[str]
    plural: ClassVar[str]
    owner: ClassVar[Role]
    severity: ClassVar[Severity] = Severity.MEDIUM
    grouped_by: ClassVar[tuple[str, ...]]
    meaning: ClassVar[str]
    what_to_do: ClassVar[tuple[str, ...]]
    actions: ClassVar[tuple[str, ...]]
    due: ClassVar[timedelta] = timedelta(days=1)
    personal: ClassVar[tuple[str, ...]] = ("email",)

    @property
    def manual(self) -> str:
        """Where its page of the manual lies, from the root of the project."""
        return f"docs/manual/kinds/{self.slug}.md"

    def cause(self, facts: Mapping[str, str]) -> dict[str, str]:
        """The facts that make up the root cause."""
        return {name: facts[name] for name in self.grouped_by if facts.get(name)}

    def title_for(self, facts: Mapping[str, str]) -> str:
        """The title of a case with these facts."""
        raise NotImplementedError

    def suggestions(self, case: ExceptionCase) -> list[Suggestion]:
        """Likely answers, best first."""
        return []


def shape(pointer: str) -> str:
    """A JSON Pointer without positions: "/lines/3/sku" and "/lines/0/sku" are "/lines/*/sku"."""
    return re.sub(r"/\d+(?=/|$)", "/*", pointer)


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, Kind]:
    """Every kind by slug."""
    return {slug: kind() for slug, kind in sorted(members("exceptions.kinds", Kind).items())}


def kind_of(slug: str) -> Kind:
    """The kind; sightings with a code nobody knows are unexpected failures."""
    return kinds().get(slug) or kinds()["unexpected_failure"]
