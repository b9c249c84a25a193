"""Prima's words for the order's codes: carriage, payment method, campaign source, tax.

A value is mapped by the book; without a mapping it may itself be one of Prima's codes.
"""

from dataclasses import dataclass
from datetime import date

from connectors.sync.orders.world import World
from integration.core.problems import Problem
from integration.records.campaign_order import CampaignOrder
from integration.records.item import Code, CodeList

CODE = "unmapped_value"
_DOMAINS: dict[CodeList, str] = {
    "charge": "charge",
    "payment_method": "payment_method",
    "source_media": "source_media",
}
_WORDS = {
    "charge": "carriage",
    "payment_method": "payment method",
    "source_media": "campaign source",
    "tax_code": "tax code",
}


@dataclass(frozen=True, slots=True)
class Codes:
    """None where the order names none or Prima's word is not known."""

    charge: Code | None
    payment_method: Code | None
    source_media: Code | None
    problems: tuple[Problem, ...] = ()


def check(order: CampaignOrder, world: World, day: date) -> Codes:
    problems: list[Problem] = []

    def resolved(of: CodeList, value: str, field: str, target: str) -> Code | None:
        code = known(of, value, world, day) if value else None
        if code is None and value:
            domain = _DOMAINS[of]
            problems.append(unmapped(order.key, domain, value, f"/order/{field}", target))
        return code

    if order.shipping_amount and not order.shipping_code:
        at = "/order/shipping_code"
        problems.append(unmapped(order.key, "charge", "", at, "/charges/0/code"))
    media = order.source_media or world.policy.default_source_media
    return Codes(
        charge=resolved("charge", order.shipping_code, "shipping_code", "/charges/0/code"),
        payment_method=resolved(
            "payment_method", order.payment_method, "payment_method", "/payments"
        ),
        source_media=resolved("source_media", media, "source_media", "/source_media"),
        problems=tuple(problems),
    )


def known(of: CodeList, value: str, world: World, day: date) -> Code | None:
    """Prima's code for the value, when it is in force on the day."""
    mapped = world.book.value(_DOMAINS[of], value, day)
    code = world.reference.code(of, mapped or value)
    return code if code is not None and code.valid_on(day) else None


def unmapped(order_key: str, domain: str, value: str, pointer: str, target: str) -> Problem:
    word = _WORDS[domain]
    if value:
        says = f"the {word} “{value[:60]}” is neither mapped nor one of Prima's codes in force."
    else:
        says = f"the {word} is missing."
    return Problem(
        CODE,
        f"Order {order_key}: {says}",
        {"domain": domain, "value": value[:120]},
        pointers=(pointer,),
        target_pointers=(target,),
    )
