"""What a check before sending is, and what it finds.

A check is one file in `exceptions/preflight/checks`. It looks once at the goods, or page by page at
the audience, which is read a single time for all of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, ClassVar

from exceptions.masking import impersonal_problem
from exceptions.preflight.ground import Ground, Someone
from exceptions.preflight.models import Verdict
from integration.core.folder import members
from integration.core.problems import Problem


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that would fail. `severity` is NO_GO, or CARE for what is worth knowing.

    `impersonal` is the message for those who may not see personal data; empty when the message
    itself can name nobody.
    """

    subject: str
    message: str
    code: str
    label: str = ""
    severity: Verdict = Verdict.NO_GO
    facts: Mapping[str, str] = field(default_factory=dict)
    impersonal: str = ""


def of_order(found: Found, payload: Any) -> Found:
    """With the message also as those may read it who may not see whom the order's payload names."""
    problem = Problem(found.code, found.message, found.facts)
    return replace(found, impersonal=impersonal_problem(problem, payload))


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the check, as people read it."""

    name: str
    value: str


class Check:
    """`order` is its place on the page. `all_well` is said when nothing was found.

    One instance serves one run, so a check may count in itself.
    """

    slug: ClassVar[str]
    title: ClassVar[str]
    meaning: ClassVar[str]
    all_well: ClassVar[str]
    order: ClassVar[int]
    on_audience: ClassVar[bool] = False

    def goods(self, ground: Ground) -> Iterable[Found]:
        """Looks once at what is offered. The audience has been read: its size is known."""
        return ()

    def people(self, ground: Ground, page: Sequence[Someone]) -> Iterable[Found]:
        """Looks at one page of the audience."""
        return ()

    def figures(self, ground: Ground) -> Sequence[Figure]:
        """What it counted, when it is done."""
        return ()

    def well(self, ground: Ground) -> str:
        """A sentence for when nothing was found."""
        return self.all_well

    def summary(self, ground: Ground, stops: int, cares: int) -> str:
        """A sentence about what was found."""
        return f"{stops + cares} found."


@lru_cache(maxsize=1)
def _classes() -> tuple[type[Check], ...]:
    found = members("exceptions.preflight.checks", Check).values()
    return tuple(sorted(found, key=lambda one: one.order))


def checks() -> list[Check]:
    """A fresh instance of every check, in order."""
    return [one() for one in _classes()]


def check_of(slug: str) -> type[Check] | None:
    return next((one for one in _classes() if one.slug == slug), None)
