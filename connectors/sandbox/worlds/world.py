"""Puts a world together: people, goods, a week of orders, and what is wrong with some."""

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from connectors.sandbox.worlds import cast, catalogue, leads, shop
from connectors.sandbox.worlds.books import prima_of
from connectors.sandbox.worlds.cloud import contact_rows, sfmc_of
from connectors.sandbox.worlds.desk import mappings_of
from connectors.sandbox.worlds.orders import Order
from connectors.sandbox.worlds.rows import rows_of
from connectors.sandbox.worlds.waiting import requests_of
from connectors.sandbox.worlds.wrongs.every import EVERY, dealt
from connectors.sandbox.worlds.wrongs.goods import WARRANTY_WANTED
from connectors.sandbox.worlds.wrongs.malformed import STRAY
from connectors.sandbox.worlds.wrongs.wrong import Stage, Wrong


@dataclass(frozen=True, slots=True)
class Plan:
    """How big a world is.

    `warranties` of the wrong orders want WARRANTY-3Y and have nothing else wrong. `strays` come on
    top of `orders`: their lines are there, their headers are not. `earlier` orders, all of them
    right, come on top, too: they are of last month and this one, up to the week before today. With
    `leads`, so many right ones wait, and one of each wrong; and some contacts have drifted.
    """

    name: str
    description: str
    seed: int
    orders: int
    customers: int = 400
    items: int = 300
    wrong_share: float = 0.0
    warranties: int = 0
    strays: int = 0
    earlier: int = 0
    leads: int = 0
    wrongs: tuple[Wrong, ...] = EVERY

    @property
    def wrong_count(self) -> int:
        return round(self.orders * self.wrong_share)


def build(plan: Plan, today: datetime | None = None) -> dict[str, Any]:
    """The scenario. The same plan and day make the same world."""
    random = Random(plan.seed)
    goods = catalogue.build(random, plan.items)
    people = cast.build(random, plan.customers)
    stage = Stage(random, people, goods)
    orders, truth = _orders(plan, stage, shop.midnight(today))
    waiting = requests_of(people.contacts, goods, shop.midnight(today))
    # Leads come from luck of their own: without them the world is the same.
    newcomers, _ = leads.leads(Random(plan.seed), plan.leads, people) if plan.leads else ([], {})
    cloud = sfmc_of(people.contacts, [rows_of(order) for order in orders], waiting, newcomers)
    if plan.leads:
        leads.drift(contact_rows(cloud), people)
    return {
        "name": plan.name,
        "description": plan.description,
        "seed": plan.seed,
        "sfmc": cloud,
        "prima": prima_of(random, goods, people.accounts, orders),
        "mappings": mappings_of(goods),
        "truth": truth,
    }


def _orders(plan: Plan, stage: Stage, until: datetime) -> tuple[list[Order], dict[str, list[str]]]:
    random = stage.random
    places = random.sample(range(plan.orders), plan.wrong_count)
    wrong_at = dict(zip(places, _wrongs(plan, random), strict=True))
    wrong_at |= {plan.orders + place: STRAY for place in range(plan.strays)}
    moments = shop.moments(random, plan.orders, until)
    till = shop.Shop(random, stage.catalogue)
    orders, truth = [], {}
    for number, at in enumerate([*moments, *moments[: plan.strays]]):
        wrong = wrong_at.get(number)
        buyers = wrong.buyers(stage.cast) if wrong else stage.cast.regulars
        order = till.order(number + 1, at, random.choice(buyers))
        if wrong:
            wrong.spoil(order, stage)
        if wrong and wrong.kinds:
            truth[order.key] = sorted(wrong.kinds)
        orders.append(order)
    first, buyers = len(orders) + 1, stage.cast.regulars
    for number, at in enumerate(shop.earlier(random, plan.earlier, until), first):
        orders.append(till.order(number, at, random.choice(buyers)))
    return orders, truth


def _wrongs(plan: Plan, random: Random) -> list[Wrong]:
    warranties = [WARRANTY_WANTED] * min(plan.warranties, plan.wrong_count)
    return [*warranties, *dealt(plan.wrongs, plan.wrong_count - len(warranties), random)]
