"""What checks of the audience have in common: they look for the problems an order would have."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from exceptions.preflight.check import Check, Figure, Found, of_order
from exceptions.preflight.ground import Ground, Someone, said
from exceptions.preflight.models import Verdict


class AboutPeople(Check):
    """`codes` are the kinds of exception it looks for, each with how much it matters."""

    on_audience = True
    codes: ClassVar[dict[str, Verdict]]
    figure: ClassVar[str] = "Contacts concerned"

    def __init__(self) -> None:
        self.concerned = 0

    def people(self, ground: Ground, page: Sequence[Someone]) -> Iterable[Found]:
        for one in page:
            found = self.about(one)
            self.concerned += bool(found)
            yield from (of_order(what, one.payload) for what in found)

    def about(self, one: Someone) -> list[Found]:
        """What this check says of the contact."""
        return [
            Found(
                subject=one.key or one.email,
                label=one.name,
                message=said(problem),
                code=problem.code,
                severity=self.codes[problem.code],
                facts={**problem.facts, "contact_key": one.key},
            )
            for problem in one.problems
            if problem.code in self.codes
        ]

    def figures(self, ground: Ground) -> Sequence[Figure]:
        share = f" ({self.concerned / ground.contacts:.1%})" if ground.contacts else ""
        return [Figure(self.figure, f"{self.concerned:,}{share}")]
