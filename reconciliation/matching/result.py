"""What a run of the matching found, rule by rule, and what tolerances swallowed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reconciliation.matching.rule import Rule


@dataclass(frozen=True, slots=True)
class Yield:
    """What one rule matched; `swallowed` is left minus right, in minor units by currency."""

    rule: str
    title: str
    matches: int
    swallowed: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class MatchResult:
    """`open_lines` are the lines looked at that no rule matched; each has a near match in words.

    `undone` matches broke as a line or document changed; `held` would have, but lie in a locked
    period. `swallowed` is what tolerances let pass, left minus right, in minor units by currency.
    """

    yields: tuple[Yield, ...]
    open_lines: int
    undone: int
    held: int
    whole: bool

    @property
    def matches(self) -> int:
        return sum(each.matches for each in self.yields)

    @property
    def swallowed(self) -> Mapping[str, int]:
        return _added(each.swallowed for each in self.yields)


def yield_of(rule: Rule, matches: int, rows: Sequence[tuple[str, int]]) -> Yield:
    """From rows of currency and what was swallowed."""
    return Yield(rule.slug, rule.title, matches, {code: rest for code, rest in rows if rest})


def together(parts: Iterable[Yield]) -> tuple[Yield, ...]:
    """One yield for each rule, in the order of the rules."""
    of_rule: dict[str, list[Yield]] = defaultdict(list)
    for part in parts:
        of_rule[part.rule].append(part)
    return tuple(
        Yield(
            rule=found[0].rule,
            title=found[0].title,
            matches=sum(part.matches for part in found),
            swallowed=_added(part.swallowed for part in found),
        )
        for found in of_rule.values()
    )


def _added(parts: Iterable[Mapping[str, int]]) -> Mapping[str, int]:
    total: dict[str, int] = defaultdict(int)
    for part in parts:
        for currency, amount in part.items():
            total[currency] += amount
    return dict(total)
