"""All mappings as one value: what a campaign's word means in Prima on a given day.

A book never changes. `with_product`, `without_product` and their like give a new one, for previews.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Generic, Literal, TypeVar

from integration.mapping.models import (
    OrderPolicy,
    ProductMapping,
    PromotionMapping,
    TaxRule,
    ValueMapping,
)
from integration.records.customer import CustomerType

Treatment = Literal["discount", "charge", "payment"]
What = TypeVar("What")


@dataclass(frozen=True, slots=True)
class Dated(Generic[What]):
    """Something in force from the first to the last day; None is without end."""

    what: What
    first: date | None = None
    last: date | None = None

    def on(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


Entries = Mapping[str, tuple[Dated[What], ...]]


@dataclass(frozen=True, slots=True)
class PromotionRule:
    """Where a promotion's money goes. A limit of None means the policy's."""

    treatment: Treatment
    prima_code: str
    max_percent: Decimal | None = None
    max_amount: Decimal | None = None
    may_stack: bool = True


@dataclass(frozen=True, slots=True)
class CountryRule:
    """`tax_code` empty leaves the tax code of the item."""

    tax_number_required: bool = False
    tax_code: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the desk lets through."""

    currencies: tuple[str, ...] = ("GBP", "EUR")
    max_discount_percent: Decimal = Decimal(40)
    max_discount_amount: Decimal = Decimal(500)
    max_promotions: int = 3
    max_lines: int = 500
    max_quantity: int = 10_000
    oldest_order_days: int = 365
    default_source_media: str = ""
    default_tax_code: str = "S"


@dataclass(frozen=True, slots=True)
class MappingBook:
    """Look-ups take the campaign's word in any case; None means it is not mapped that day."""

    products: Entries[str] = field(default_factory=dict)
    promotions: Entries[PromotionRule] = field(default_factory=dict)
    values: Mapping[str, Entries[str]] = field(default_factory=dict)
    tax_rules: Mapping[tuple[str, str], CountryRule] = field(default_factory=dict)
    policy: Policy = Policy()

    @classmethod
    def load(cls) -> "MappingBook":
        """The book as it stands in the database, in five queries."""
        return replace(
            cls.rules(),
            products=_by_source(_products()),
            promotions=_by_source(
                (row.source_code, Dated(_rule(row), row.valid_from, row.valid_to))
                for row in PromotionMapping.objects.all()
            ),
            values=_values(ValueMapping.objects.all()),
        )

    @classmethod
    def rules(cls) -> "MappingBook":
        """Tax rules and policy alone, in two queries, for who looks no mapping up."""
        return cls(
            tax_rules={
                (row.country, row.customer_type): CountryRule(row.tax_number_required, row.tax_code)
                for row in TaxRule.objects.all()
            },
            policy=_policy(OrderPolicy.objects.first()),
        )

    def product(self, sku: str, day: date) -> str | None:
        """Prima's product code (`sku_key`) for the SKU."""
        return _on(self.products.get(_key(sku), ()), day)

    def promotion(self, code: str, day: date) -> PromotionRule | None:
        return _on(self.promotions.get(_key(code), ()), day)

    def value(self, domain: str, source: str, day: date) -> str | None:
        """Prima's word for the value; `domain` is one of ValueMapping.Domain."""
        return _on(self.values.get(domain, {}).get(_key(source), ()), day)

    def tax_rule(self, country: str, customer_type: CustomerType) -> CountryRule:
        """The most particular rule: the country before every other, the type before anybody."""
        for place in (country, "*"):
            for kind in (customer_type, "any"):
                rule = self.tax_rules.get((place, kind))
                if rule is not None:
                    return rule
        return CountryRule()

    def with_product(
        self, sku: str, prima_sku: str, *, first: date | None = None, last: date | None = None
    ) -> "MappingBook":
        products = _laid_over(self.products, sku, Dated(prima_sku, first, last))
        return replace(self, products=products)

    def with_promotion(
        self, code: str, rule: PromotionRule, *, first: date | None = None, last: date | None = None
    ) -> "MappingBook":
        return replace(self, promotions=_laid_over(self.promotions, code, Dated(rule, first, last)))

    def with_value(
        self,
        domain: str,
        source: str,
        target: str,
        *,
        first: date | None = None,
        last: date | None = None,
    ) -> "MappingBook":
        entries = _laid_over(self.values.get(domain, {}), source, Dated(target, first, last))
        return replace(self, values={**self.values, domain: entries})

    def without_product(
        self, sku: str, prima_sku: str, *, first: date | None = None, last: date | None = None
    ) -> "MappingBook":
        return replace(self, products=_struck(self.products, sku, Dated(prima_sku, first, last)))

    def without_promotion(
        self, code: str, rule: PromotionRule, *, first: date | None = None, last: date | None = None
    ) -> "MappingBook":
        return replace(self, promotions=_struck(self.promotions, code, Dated(rule, first, last)))

    def without_value(
        self,
        domain: str,
        source: str,
        target: str,
        *,
        first: date | None = None,
        last: date | None = None,
    ) -> "MappingBook":
        entries = _struck(self.values.get(domain, {}), source, Dated(target, first, last))
        return replace(self, values={**self.values, domain: entries})


def _key(source: str) -> str:
    return source.strip().upper()


def _on(entries: Iterable[Dated[What]], day: date) -> What | None:
    return next((entry.what for entry in entries if entry.on(day)), None)


def _laid_over(entries: Entries[What], source: str, entry: Dated[What]) -> Entries[What]:
    """The new entry comes first, so it counts on its days and the others on theirs."""
    key = _key(source)
    return {**entries, key: (entry, *entries.get(key, ()))}


def _struck(entries: Entries[What], source: str, entry: Dated[What]) -> Entries[What]:
    """Without this very entry; those of other days stay."""
    key = _key(source)
    return {**entries, key: tuple(one for one in entries.get(key, ()) if one != entry)}


def _by_source(pairs: Iterable[tuple[str, Dated[What]]]) -> Entries[What]:
    found: dict[str, tuple[Dated[What], ...]] = {}
    for source, entry in pairs:
        key = _key(source)
        found[key] = (*found.get(key, ()), entry)
    return found


def _products() -> Iterable[tuple[str, Dated[str]]]:
    """Plain columns, in no order: there may be a hundred thousand, and no two overlap."""
    rows = ProductMapping.objects.order_by().values_list(
        "source_sku", "prima_sku", "valid_from", "valid_to"
    )
    for sku, prima_sku, first, last in rows.iterator(chunk_size=10_000):
        yield sku, Dated(prima_sku, first, last)


def _values(rows: Iterable[ValueMapping]) -> Mapping[str, Entries[str]]:
    by_domain: dict[str, list[tuple[str, Dated[str]]]] = {}
    for row in rows:
        entry = Dated(row.target, row.valid_from, row.valid_to)
        by_domain.setdefault(row.domain, []).append((row.source, entry))
    return {domain: _by_source(pairs) for domain, pairs in by_domain.items()}


_TREATMENTS: Mapping[str, Treatment] = {
    "discount": "discount",
    "charge": "charge",
    "payment": "payment",
}


def _rule(row: PromotionMapping) -> PromotionRule:
    return PromotionRule(
        treatment=_TREATMENTS[row.treatment],
        prima_code=row.prima_code,
        max_percent=row.max_percent,
        max_amount=row.max_amount,
        may_stack=row.may_stack,
    )


def _policy(row: OrderPolicy | None) -> Policy:
    if row is None:
        return Policy()
    return Policy(
        currencies=tuple(
            code.strip().upper() for code in row.currencies.split(",") if code.strip()
        ),
        max_discount_percent=row.max_discount_percent,
        max_discount_amount=row.max_discount_amount,
        max_promotions=row.max_promotions,
        max_lines=row.max_lines,
        max_quantity=row.max_quantity,
        oldest_order_days=row.oldest_order_days,
        default_source_media=row.default_source_media,
        default_tax_code=row.default_tax_code,
    )
