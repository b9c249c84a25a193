"""Which of Prima's items each line is. The same SKU on several lines is one problem."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from connectors.sync.orders.world import World
from integration.core.problems import Problem
from integration.records.campaign_order import CampaignOrder
from integration.records.item import Item


@dataclass(frozen=True, slots=True)
class Items:
    """`found` has an entry a line, None where no sellable item is known."""

    found: tuple[Item | None, ...]
    problems: tuple[Problem, ...] = ()


def check(order: CampaignOrder, world: World, day: date) -> Items:
    places: dict[str, list[int]] = defaultdict(list)
    for place, line in enumerate(order.lines):
        if line.sku:
            places[line.sku].append(place)
    items: dict[str, Item] = {}
    problems: list[Problem] = []
    for sku, at in places.items():
        mapped = world.book.product(sku, day)
        item = world.item(mapped or sku)
        if item is None:
            problems.append(_unknown(order, sku, mapped, at))
        elif item.status != "active":
            problems.append(_not_sellable(order, sku, item, at))
        else:
            items[sku] = item
    return Items(tuple(items.get(line.sku) for line in order.lines), tuple(problems))


def _unknown(order: CampaignOrder, sku: str, mapped: str | None, at: Sequence[int]) -> Problem:
    if mapped is None:
        says = f"the SKU {sku[:80]} is mapped to no product, and Prima has no item of that code."
    else:
        says = f"the SKU {sku[:80]} is mapped to {mapped}, which is not in Prima."
    facts = {
        "sku": sku.upper()[:120],
        "mapped_to": mapped or "",
        "description": order.lines[at[0]].description[:200],
    }
    return _problem("unknown_sku", order, says, facts, at)


def _not_sellable(order: CampaignOrder, sku: str, item: Item, at: Sequence[int]) -> Problem:
    state = "is discontinued" if item.status == "discontinued" else "is blocked"
    why = f" ({item.blocked_reason})" if item.blocked_reason else ""
    says = f"the item {item.sku_key} (SKU {sku[:80]}) {state} in Prima{why}."
    facts = {"item": item.sku_key, "sku": sku.upper()[:120], "reason": item.status}
    return _problem("item_not_sellable", order, says, facts, at)


def _problem(
    code: str, order: CampaignOrder, says: str, facts: dict[str, str], at: Sequence[int]
) -> Problem:
    return Problem(
        code,
        f"Order {order.key}: {says}",
        facts,
        pointers=[f"/lines/{place}/sku" for place in at],
        target_pointers=[f"/lines/{place}/sku" for place in at],
    )
