"""Everything a translation looks things up in, as values; it never reaches for a database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal

from connectors.prima.capabilities import Capabilities
from integration.mapping.book import MappingBook, Policy
from integration.records.customer import Customer
from integration.records.item import Code, CodeList, Item, TaxCode


@dataclass(frozen=True, slots=True)
class Reference:
    """What is the same for every order. `codes` by list and code in upper case.

    `zone` is where the business day is reckoned.
    """

    book: MappingBook
    capabilities: Capabilities
    today: date
    codes: Mapping[tuple[CodeList, str], Code] = field(default_factory=dict)
    tax_codes: Mapping[str, TaxCode] = field(default_factory=dict)
    zone: tzinfo = UTC

    @property
    def policy(self) -> Policy:
        return self.book.policy

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def code(self, of: CodeList, code: str) -> Code | None:
        return self.codes.get((of, code.strip().upper()))

    def tax_rate(self, code: str, day: date) -> Decimal | None:
        """The rate in percent, or None for a code Prima does not have on the day."""
        found = self.tax_codes.get(code)
        return found.rate if found and found.valid_on(day) else None


@dataclass(frozen=True, slots=True)
class Release:
    """Finance let this order pass with this promotion, as the order stood then."""

    order_key: str
    promotion_code: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class World:
    """The reference data and what a batch of orders needs besides.

    `items` by sku_key in upper case; `accounts` by account code; `by_key`, `by_email` (lower case),
    `by_number` (valid tax numbers) and `by_mobile` (E.164) give account codes; `links` maps a
    contact key to an account code. `shared_emails` belong to more than one contact; `apart` are
    (contact key, account code) in upper case that a person told apart.
    """

    reference: Reference
    items: Mapping[str, Item] = field(default_factory=dict)
    accounts: Mapping[str, Customer] = field(default_factory=dict)
    by_key: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by_email: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by_number: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by_mobile: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    shared_emails: frozenset[str] = frozenset()
    apart: frozenset[tuple[str, str]] = frozenset()
    releases: frozenset[Release] = frozenset()

    @property
    def book(self) -> MappingBook:
        return self.reference.book

    @property
    def policy(self) -> Policy:
        return self.reference.book.policy

    @property
    def capabilities(self) -> Capabilities:
        return self.reference.capabilities

    def item(self, sku_key: str) -> Item | None:
        return self.items.get(sku_key.strip().upper())

    def is_released(self, order_key: str, promotion_code: str, content_hash: str) -> bool:
        return Release(order_key, promotion_code.upper(), content_hash) in self.releases
