"""What a control is: two sides, a key, the SQL that finds what differs, and the words for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, ClassVar

from integration.accounts.roles import Role
from integration.core.folder import members


@dataclass(frozen=True, slots=True)
class Category:
    """One way to differ. `healed` says why it closed when both sides agree again.

    A `tolerable` one is only about an amount, so a tolerance may swallow it. The cases of a
    `systematic` one are grouped by its cause (one charge code, one account), the others by record.
    """

    slug: str
    title: str
    owner: Role
    meaning: str
    healed: str
    tolerable: bool = False
    systematic: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run looks at: `since` what changed after it, `as_of` what is dated by then.

    With `keys` it looks at these records only.
    """

    at: datetime
    today: date
    since: datetime | None = None
    as_of: date | None = None
    keys: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Everything is looked at, so what is not found has healed wherever it is."""
        return self.since is None and not self.keys

    def parameters(self) -> dict[str, Any]:
        """The names the SQL of controls may use."""
        return {
            "at": self.at,
            "today": self.today,
            "since": self.since,
            "until": self.as_of or date.max,
        }


class Control:
    """One control. A file in `reconciliation/controls` with one subclass is a control.

    `everything` and `changed` select the keys to look at. `compare` selects what differs among the
    keys of the table `scope`, with the columns of `FOUND`. `agreed` selects what both sides say alike
    and what is `settled`, nothing of which is open: key, company, day, currency, gateway, amount.
    Amounts are minor units, left minus right.
    """

    slug: ClassVar[str]
    title: ClassVar[str]
    meaning: ClassVar[str]
    left: ClassVar[str]
    right: ClassVar[str]
    key: ClassVar[str]
    words: ClassVar[Mapping[str, str]]
    categories: ClassVar[tuple[Category, ...]]
    everything: ClassVar[str]
    changed: ClassVar[str]
    compare: ClassVar[str]
    agreed: ClassVar[str]

    @property
    def manual(self) -> str:
        """Where its page of the manual lies, from the root of the project."""
        return f"docs/manual/controls/{self.slug}.md"

    def begin(self, scope: Scope) -> None:
        """What has transactions and locks of its own, and stays even if comparing fails after it."""

    def prepare(self, scope: Scope) -> None:
        """What has to be done before comparing, in the same transaction."""

    def category(self, slug: str) -> Category:
        """Raises KeyError for a category the control does not have."""
        return {one.slug: one for one in self.categories}[slug]


FOUND = (
    "key", "category", "company", "day", "currency", "amount", "base", "gateway", "campaign",
    "title", "left_side", "right_side", "fields", "near_rule", "near_reason", "cause",
)  # fmt: skip
"""The columns every `compare` answers, in any order; `base` is what a percentage is of."""


@lru_cache(maxsize=1)
def controls() -> Mapping[str, Control]:
    """Every control by slug, in the order of the trade."""
    found = members("reconciliation.controls", Control)
    return {slug: found[slug]() for slug in sorted(found, key=_place)}


def control_of(slug: str) -> Control:
    """Raises LookupError, in words."""
    found = controls().get(slug)
    if found is None:
        raise LookupError(f"There is no control “{slug}”. Known: {', '.join(controls())}.")
    return found


def kind_slug(control: str) -> str:
    """The kind of exception that differences of a control are filed under."""
    return f"difference_{control}"[:40]


_ORDER = (
    "order_to_prima",
    "prima_to_documents",
    "payouts_to_documents",
    "payout_to_bank",
    "control_totals",
)


def _place(slug: str) -> tuple[int, str]:
    return (_ORDER.index(slug) if slug in _ORDER else len(_ORDER), slug)


def is_open(control: str, key: str) -> str:
    """SQL: whether anything about this record is open."""
    return (
        "EXISTS (SELECT 1 FROM reconciliation_difference d"  # noqa: S608 - constants of the product
        f" WHERE d.control = '{control}' AND d.key = {key} AND d.closed_at IS NULL)"
    )


def settled(control: str) -> str:
    """SQL: records that differ, by what two people adjusted or a tolerance swallowed, and no more.

    Key, categories; company, day, currency, gateway and amount of what differs.
    """
    return f"""SELECT a.key, array_agg(a.category) AS categories, min(a.company) AS company,
            min(a.day) AS day, min(a.currency) AS currency, min(a.gateway) AS gateway,
            abs(sum(a.amount))::bigint AS amount
        FROM reconciliation_difference a
        WHERE a.control = '{control}' AND a.state IN ('adjusted', 'tolerated')
            AND NOT {is_open(control, "a.key")}
        GROUP BY a.key"""  # noqa: S608 - constants of the product


def sides(**members_: str) -> str:
    """SQL: what one side said, field by field, as text; what is missing is left out."""
    pairs = ", ".join(f"'{name}', ({value})::text" for name, value in members_.items())
    return f"jsonb_strip_nulls(jsonb_build_object({pairs}))"
