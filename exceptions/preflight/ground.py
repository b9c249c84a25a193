"""What the checks stand on: the plan, what Prima has, and both systems to ask."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from connectors.prima.port import Prima
from connectors.sync.orders.reading import read
from connectors.sync.orders.translate import Translation, translate_reading
from connectors.sync.orders.world import Reference
from connectors.sync.orders.world_loader import load, load_reference
from exceptions.preflight import sample
from exceptions.preflight.buyers import usual_payment
from exceptions.preflight.plan import Plan
from integration.core.problems import Problem
from integration.records.item import Item


@dataclass(frozen=True, slots=True)
class Someone:
    """A contact of the audience. `fields` are theirs by our names; `problems` an order would have.

    `payload` is that order's. `is_known` is False when neither the audience nor the desk knows more than a key or an address.
    """

    key: str
    email: str
    name: str
    fields: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
    is_known: bool = True
    payload: Mapping[str, Any] | None = None


@dataclass
class Ground:
    """One run's. `contacts` grows while the audience is read."""

    plan: Plan
    prima: Prima
    reference: Reference
    contacts: int = 0

    @cached_property
    def payment(self) -> str:
        """How they pay, so that nobody is held for having no credit."""
        return usual_payment()

    @property
    def buyers(self) -> int:
        return self.plan.buyers(self.contacts)

    @cached_property
    def items(self) -> dict[str, Item | None]:
        """What each SKU of the plan is in Prima on the day; None when it is nothing."""
        book, day = self.reference.book, self.plan.send_on
        codes = {one.sku: book.product(one.sku, day) or one.sku for one in self.plan.skus}
        world = load([], self.reference, skus=codes.values())
        return {sku: world.item(code) for sku, code in codes.items()}

    @cached_property
    def sellable(self) -> dict[str, Item]:
        """Those of the plan's SKUs that Prima would sell."""
        return {
            sku: item
            for sku, item in self.items.items()
            if item is not None and item.status == "active"
        }

    def translated(self, payloads: Iterable[Mapping[str, Any]]) -> list[Translation]:
        """What would become of these orders. Some queries, however many they are."""
        readings = [read(payload, self.reference) for payload in payloads]
        orders = [reading.order for reading in readings if reading.order is not None]
        world = load(orders, self.reference, skus=[one.sku for one in self.plan.skus])
        return [translate_reading(reading, world) for reading in readings]


def lay(plan: Plan, prima: Prima) -> Ground:
    """Everything is looked at as of the day of sending, on which other mappings may hold."""
    return Ground(plan, prima, replace(load_reference(), today=plan.send_on))


_ORDER = re.compile(r"^Order PREFLIGHT[^:]*: ")


def said(problem: Problem) -> str:
    """The problem's sentence without the order, which nobody placed."""
    text = _ORDER.sub("", problem.message)
    text = re.sub(r"^it (?=is |has )", "the order ", text)
    return text[:1].upper() + text[1:]


def sample_lines(ground: Ground, most: int) -> list[tuple[str, str]]:
    """Some of the goods with Prima's list price, or one unit of money where it has none."""
    return [
        (sku, f"{(item.price or Decimal(1)):.2f}")
        for sku, item in list(ground.sellable.items())[:most]
    ]


def with_problems(ground: Ground, people: Sequence[Someone]) -> list[Someone]:
    """The same people, each with what an order of theirs would have wrong."""
    sku = next(iter(ground.items), "") or "SKU"
    payloads = [
        sample.payload(ground.plan, f"PREFLIGHT-{place}", [(sku, "1.00")], contact=one.fields)
        for place, one in enumerate(people)
    ]
    for payload in payloads:
        payload["order"]["payment_method"] = ground.payment
    return [
        replace(one, problems=translation.problems, payload=payload)
        for one, payload, translation in zip(
            people, payloads, ground.translated(payloads), strict=True
        )
    ]
