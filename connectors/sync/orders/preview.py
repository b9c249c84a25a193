"""What a change of the mappings would do to orders, before it is saved.

The orders are translated twice, with the book as it is and as it would be. Nothing is written.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from connectors.sync.orders.corrections import Changes, corrected
from connectors.sync.orders.reading import Reading, read
from connectors.sync.orders.summary import summary
from connectors.sync.orders.translate import Translation, translate_reading
from connectors.sync.orders.world import Reference, World
from connectors.sync.orders.world_loader import PAGES, load
from integration.core.problems import Problem
from integration.mapping.book import MappingBook, PromotionRule
from integration.mirror.models import CampaignOrder, OrderCorrection
from integration.records.item import Item

MOST_ORDERS = 2000


@dataclass(frozen=True, slots=True)
class BookChange:
    """Mappings to be added, from `first` to `last` day. `items` are to be created in Prima.

    `products` has (campaign SKU, Prima's product code), `promotions` (code, rule), `values`
    (domain, campaign value, Prima's value). `instead_of` are mappings that are there and go.
    """

    products: tuple[tuple[str, str], ...] = ()
    promotions: tuple[tuple[str, PromotionRule], ...] = ()
    values: tuple[tuple[str, str, str], ...] = ()
    items: tuple[Item, ...] = ()
    first: date | None = None
    last: date | None = None
    instead_of: "BookChange | None" = None

    def applied_to(self, book: MappingBook) -> MappingBook:
        if self.instead_of is not None:
            book = self.instead_of._struck_from(book)
        for sku, prima_sku in self.products:
            book = book.with_product(sku, prima_sku, first=self.first, last=self.last)
        for code, rule in self.promotions:
            book = book.with_promotion(code, rule, first=self.first, last=self.last)
        for domain, source, target in self.values:
            book = book.with_value(domain, source, target, first=self.first, last=self.last)
        return book

    def _struck_from(self, book: MappingBook) -> MappingBook:
        for sku, prima_sku in self.products:
            book = book.without_product(sku, prima_sku, first=self.first, last=self.last)
        for code, rule in self.promotions:
            book = book.without_promotion(code, rule, first=self.first, last=self.last)
        for domain, source, target in self.values:
            book = book.without_value(domain, source, target, first=self.first, last=self.last)
        return book


@dataclass(frozen=True, slots=True)
class Outcome:
    """One order of a preview. `problems` are those it would have, `solved` how many it would lose
    and `gained` how many would be new. `otherwise`: other things would be booked than now.
    """

    key: str
    amount: Decimal | None
    currency: str
    problems: tuple[Problem, ...] = ()
    solved: int = 0
    gained: int = 0
    otherwise: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """`healed` would go to Prima now, `failing` would still be held, `fine` were so already.

    `money` is what would move, by currency. `broken` would be held because of the change.
    """

    healed: tuple[Outcome, ...] = ()
    failing: tuple[Outcome, ...] = ()
    fine: tuple[Outcome, ...] = ()
    broken: tuple[Outcome, ...] = ()
    money: Mapping[str, Decimal] = field(default_factory=dict)


def what_if(order_keys: Sequence[str], change: BookChange) -> Preview:
    """For the first 2,000 of the orders."""
    kept = effective(order_keys[:MOST_ORDERS])
    return _compared(kept, kept, change)


def what_if_corrected(order_key: str, changes: Changes) -> Preview:
    """For one order, with a further correction of its data."""
    before = effective([order_key])
    after = {key: corrected(payload, [changes]).payload for key, payload in before.items()}
    return _compared(before, after, BookChange())


def _compared(before: Mapping[str, Any], after: Mapping[str, Any], change: BookChange) -> Preview:
    reference = PAGES.reference()
    new_reference = replace(reference, book=change.applied_to(reference.book))
    now = {key: read(payload, reference) for key, payload in before.items()}
    then = now if after is before else {k: read(p, reference) for k, p in after.items()}
    world, new_world = _worlds([*now.values(), *then.values()], reference, new_reference, change)
    outcomes: dict[str, list[Outcome]] = defaultdict(list)
    money: dict[str, Decimal] = defaultdict(Decimal)
    for key, reading in then.items():
        was = translate_reading(now[key], world)
        would_be = translate_reading(reading, new_world)
        outcome = _outcome(key, after[key], was, would_be)
        name = _name(was, would_be)
        outcomes[name].append(outcome)
        if name == "healed" and outcome.amount is not None:
            money[outcome.currency] += outcome.amount
    return Preview(
        healed=tuple(outcomes["healed"]),
        failing=tuple(outcomes["failing"]),
        fine=tuple(outcomes["fine"]),
        broken=tuple(outcomes["broken"]),
        money=dict(money),
    )


def _worlds(
    readings: Iterable[Reading], reference: Reference, new_reference: Reference, change: BookChange
) -> tuple[World, World]:
    orders = [reading.order for reading in readings if reading.order is not None]
    skus = [prima_sku for _, prima_sku in change.products]
    world = load(orders, reference, skus=skus)
    items = {**world.items, **{item.sku_key.upper(): item for item in change.items}}
    return world, replace(world, reference=new_reference, items=items)


def _name(was: Translation, would_be: Translation) -> str:
    if would_be.problems:
        return "failing" if was.problems else "broken"
    return "healed" if was.problems else "fine"


def _same(problem: Problem) -> tuple[str, tuple[str, ...], str]:
    """Problems that agree in this are one: once it is gone, what comes to light is another."""
    return problem.code, problem.pointers, problem.facts.get("reason", "")


def _outcome(key: str, payload: Any, was: Translation, would_be: Translation) -> Outcome:
    known = summary(payload)
    before = {_same(problem) for problem in was.problems}
    left = {_same(problem) for problem in would_be.problems}
    return Outcome(
        key,
        known.total_paid,
        known.currency,
        would_be.problems,
        solved=sum(1 for problem in was.problems if _same(problem) not in left),
        gained=sum(1 for problem in would_be.problems if _same(problem) not in before),
        otherwise=was.order is not None
        and would_be.order is not None
        and was.order != would_be.order,
    )


def effective(order_keys: Sequence[str]) -> dict[str, Any]:
    """The kept payloads with people's corrections, in the order of the keys."""
    rows = {row.key: row for row in CampaignOrder.objects.filter(key__in=order_keys)}
    corrections: dict[int, list[Changes]] = defaultdict(list)
    active = OrderCorrection.objects.filter(
        order__in=[row.pk for row in rows.values()], withdrawn_at__isnull=True
    ).order_by("id")
    for order_id, changes in active.values_list("order_id", "changes"):
        corrections[order_id].append(changes)
    return {
        key: corrected(rows[key].payload, corrections[rows[key].pk]).payload
        for key in dict.fromkeys(order_keys)
        if key in rows
    }
