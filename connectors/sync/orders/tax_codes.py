"""The tax code of every line and of the carriage: the item's own, or the country's rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from connectors.sync.orders.codes import unmapped
from connectors.sync.orders.world import World
from integration.core.problems import Problem
from integration.mapping.book import CountryRule
from integration.records.customer import CustomerType
from integration.records.item import Code, Item


@dataclass(frozen=True, slots=True)
class Rated:
    code: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class TaxCodes:
    """None where no code or no rate is known; for lines that is also so without an item."""

    lines: tuple[Rated | None, ...]
    carriage: Rated | None
    problems: tuple[Problem, ...] = ()


def rule_for(country: str, kind: CustomerType | None, world: World) -> CountryRule | None:
    """The rule, or None when it hangs on the customer and they are not known yet."""
    if kind is not None:
        return world.book.tax_rule(country, kind)
    company = world.book.tax_rule(country, "company")
    return company if company == world.book.tax_rule(country, "person") else None


def check(
    order_key: str,
    items: Sequence[Item | None],
    carriage: Code | None,
    rule: CountryRule,
    world: World,
    day: date,
) -> TaxCodes:
    known: dict[str, Rated | None] = {}
    problems: list[Problem] = []

    def rated(code: str, pointer: str, target: str) -> Rated | None:
        if code not in known:
            rate = world.reference.tax_rate(code, day)
            known[code] = None if rate is None else Rated(code, rate)
            if rate is None:
                problems.append(unmapped(order_key, "tax_code", code, pointer, target))
        return known[code]

    lines = tuple(
        rated(rule.tax_code or item.tax_code, f"/lines/{place}/sku", f"/lines/{place}/tax_code")
        if item is not None
        else None
        for place, item in enumerate(items)
    )
    on_charge = None
    if carriage is not None:
        own = rule.tax_code or carriage.tax_code or world.policy.default_tax_code
        on_charge = rated(own, "/order/shipping_code", "/charges/0/tax_code")
    return TaxCodes(lines, on_charge, tuple(problems))
