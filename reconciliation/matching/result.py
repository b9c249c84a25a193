"""What a run of the matching found, rule by rule, and what tolerances swallowed."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciliation.matching.desk import Desk
from reconciliation.matching.rule import rules


@dataclass(frozen=True, slots=True)
class Yield:
    """What one rule matched. Sums are minor units by currency."""

    rule: str
    title: str
    matches: int
    sums: Mapping[str, int]
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

    @property
    def sums(self) -> Mapping[str, int]:
        return _added(each.sums for each in self.yields)


_YIELDS = """
SELECT rule, currency, count(*), sum(left_total)::bigint, sum(difference)::bigint
FROM reconciliation_match
WHERE id > %(after)s AND head_id IS NULL
GROUP BY rule, currency
"""


def yields(desk: Desk, after: int) -> tuple[Yield, ...]:
    """Of the matches numbered above `after`, in the order of the rules; those with none too."""
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for rule, *rest in desk.rows(_YIELDS, after=after):
        found[rule].append(tuple(rest))
    return tuple(
        Yield(
            rule=rule.slug,
            title=rule.title,
            matches=sum(count for _, count, _, _ in found[rule.slug]),
            sums={currency: left for currency, _, left, _ in found[rule.slug]},
            swallowed={code: rest for code, _, _, rest in found[rule.slug] if rest},
        )
        for rule in rules()
    )


def _added(parts: Any) -> Mapping[str, int]:
    total: dict[str, int] = defaultdict(int)
    for part in parts:
        for currency, amount in part.items():
            total[currency] += amount
    return dict(total)
