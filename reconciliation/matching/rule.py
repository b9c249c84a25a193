"""What a rule is: a name, words for people, and a SELECT that finds what belongs together.

A SELECT reads `open_line`, `open_document` and `receipt` (see `open_items`) and the parameters
`control`, `company`, `as_of`, `window_days`, `most_parts`, `most_candidates`, `rate_days` and
`most_swallowed`: no tolerance is wider, in minor units of any currency.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar

from integration.core.folder import members

CONTROL = "payouts_to_documents"


class Rule:
    """One rule. A file in `reconciliation/matching/rules` with one subclass is a rule.

    `sql` gives one row for each match: company, currency, left_total, right_total, day, and
    - of a rule for pairs: line_id and document_id (either may be empty);
    - with `groups`: lines and documents, arrays of ids in an order that every run gives again.
    `extra` names further columns of the match that the SELECT gives.
    """

    slug: ClassVar[str]
    title: ClassVar[str]
    reason: ClassVar[str]
    order: ClassVar[int]
    sql: ClassVar[str]
    groups: ClassVar[bool] = False
    extra: ClassVar[tuple[str, ...]] = ()
    after_sales: ClassVar[bool] = False
    """Whether it is for what follows a sale: refunds, chargebacks, fees. It may read what the sales
    are matched with, comes after all rules for these, and matches no charge and no invoice."""
    at_large: ClassVar[str] = ""
    """Pairs that are plain at a glance, among a million: a SELECT that goes first. `open_line` and
    `open_document` are then views of the open charges and invoices that have a reference key, of
    which it takes those `{within}` a range, so that several ranges can be read at the same time.
    It gives one row for each key: key, how many lines and documents have it, one line_id and one
    document_id of them, currency, left_total, right_total, day, and `fits`, whether these two are
    a pair and all that have this key. Any other key is left for `sql` and the other rules.
    """


@lru_cache(maxsize=1)
def rules() -> Sequence[Rule]:
    """Every rule, in the order in which they are tried."""
    found = members("reconciliation.matching.rules", Rule)
    return tuple(sorted((rule() for rule in found.values()), key=lambda rule: rule.order))


def title_of(slug: str) -> str:
    """The rule's name for people; also of what a person did."""
    titles = {rule.slug: rule.title for rule in rules()}
    return titles.get(slug, "By hand" if slug == BY_HAND else slug)


BY_HAND = "by_hand"
