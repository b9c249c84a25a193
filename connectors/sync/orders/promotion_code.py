"""The code in Prima that a discount is booked under."""

from dataclasses import dataclass
from datetime import date

from connectors.sync.orders.bad_discount import Promoted
from connectors.sync.orders.world import World
from integration.core.problems import Problem
from integration.mapping.book import PromotionRule


@dataclass(frozen=True, slots=True)
class Booked:
    """`code` is empty for a reduction of a charge: the charge itself is the code."""

    code: str
    problems: tuple[Problem, ...] = ()


def prima_code(
    one: Promoted, rule: PromotionRule | None, *, on_charge: bool, world: World, day: date
) -> Booked:
    if rule is None:
        says = "is not mapped" if one.promotion.code else "has no code, so it cannot be mapped"
        return Booked("", (one.problem("unmapped", says),))
    if rule.treatment == "payment":
        says = "is mapped as a payment, but is a discount; map it to a promotion code"
        return Booked("", (one.problem("unmapped", says),))
    if rule.treatment == "charge" and not on_charge:
        says = "is mapped to a charge, but takes money off goods; map it to a promotion code"
        return Booked("", (one.problem("unmapped", says),))
    return _in_force(one, rule, world, day)


def _in_force(one: Promoted, rule: PromotionRule, world: World, day: date) -> Booked:
    promotion = world.reference.code("promotion", rule.prima_code)
    if promotion is not None and promotion.valid_on(day):
        return Booked(promotion.code)
    charge = world.reference.code("charge", rule.prima_code)
    if rule.treatment == "charge" and charge is not None and charge.valid_on(day):
        return Booked("")
    if promotion is None:
        says = f"is mapped to {rule.prima_code}, which is not in Prima"
    else:
        when = f"{day.day} {day:%B} {day.year}"
        says = f"is mapped to {rule.prima_code}, which is not in force in Prima on {when}"
    return Booked("", (one.problem("unknown_in_prima", says, prima_code=rule.prima_code),))
