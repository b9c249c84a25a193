"""Works out all promotions of an order, one after the other, each on what the earlier ones left."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from connectors.sync.orders import discount_limits, stacking, vouchers
from connectors.sync.orders.bad_discount import Promoted
from connectors.sync.orders.discount import Flaw, Goods, Offer, Structure, structures
from connectors.sync.orders.eligible import places_of
from connectors.sync.orders.promotion_code import prima_code
from connectors.sync.orders.world import World
from integration.core.money import allocate, from_minor, minor_digits, to_minor
from integration.core.problems import Problem
from integration.mapping.book import PromotionRule
from integration.records.campaign_order import CampaignOrder
from integration.records.sales_order import Allocation, Discount, Payment

_MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN}
_TARGETS = {"line": "line", "order": "order", "shipping": "charge"}


@dataclass(slots=True)
class Worked:
    """What the promotions came to. `left` is what remains of each line, `carriage_left` of it.

    Sums in minor units; `under_policy` is what promotions without a limit of their own have taken
    off. `is_complete` is False when a promotion could not be worked out, so that
    no total can be made.
    """

    bases: list[int]
    left: list[int]
    carriage_left: int
    discounts: list[Discount] = field(default_factory=list)
    line_shares: list[list[Allocation]] = field(default_factory=list)
    carriage_shares: list[Allocation] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    under_policy: Decimal = Decimal(0)
    is_complete: bool = True


def work_out(order: CampaignOrder, world: World, day: date, content_hash: str) -> Worked:
    """The order must be readable and its currency known."""
    bases = _bases(order, world)
    worked = Worked(
        bases=bases,
        left=list(bases),
        carriage_left=to_minor(order.shipping_amount, order.currency),
        line_shares=[[] for _ in bases],
    )
    discounts = []
    for one in in_order(order, content_hash):
        rule = world.book.promotion(one.promotion.code, day)
        if vouchers.is_payment(one, rule):
            _redeem(one, rule, worked, world, day)
        else:
            discounts.append(one)
            _discount(one, rule, worked, world, day)
    worked.problems += stacking.check(discounts, world, day)
    return worked


def in_order(order: CampaignOrder, content_hash: str = "") -> list[Promoted]:
    """By sequence; promotions of the same sequence by their contents, however they arrived."""
    promoted = [
        Promoted(order, promotion, place, content_hash)
        for place, promotion in enumerate(order.promotions)
    ]
    if len(promoted) < 2:
        return promoted
    return sorted(promoted, key=lambda one: (one.promotion.sequence, repr(one.promotion)))


def _bases(order: CampaignOrder, world: World) -> list[int]:
    digits = minor_digits(order.currency)
    rounding = _MODES[world.capabilities.rounding_mode]
    return [
        int((line.quantity * line.unit_price).scaleb(digits).quantize(Decimal(1), rounding))
        for line in order.lines
    ]


def _redeem(
    one: Promoted, rule: PromotionRule | None, worked: Worked, world: World, day: date
) -> None:
    redeemed = vouchers.redeem(one, rule, world, day)
    worked.problems += redeemed.problems
    if redeemed.payment is None:
        worked.is_complete = False
    elif redeemed.payment.amount:
        worked.payments.append(redeemed.payment)


def _discount(
    one: Promoted, rule: PromotionRule | None, worked: Worked, world: World, day: date
) -> None:
    structure = structures().get(one.promotion.type)
    if structure is None or one.promotion.scope not in _TARGETS:
        unknown = "type" if structure is None else "scope"
        word = one.promotion.type if structure is None else one.promotion.scope
        says = f"has the {unknown} “{word[:40]}”, which is not known here"
        worked.problems.append(one.problem("unrecognised", says, unknown))
        worked.is_complete = False
        return
    on_charge = structure.on_charge or one.promotion.scope == "shipping"
    booked = prima_code(one, rule, on_charge=on_charge, world=world, day=day)
    worked.problems += booked.problems
    try:
        taken = _take(one, structure, booked.code, worked, on_charge=on_charge)
    except Flaw as flaw:
        worked.problems.append(one.problem(flaw.reason, flaw.says, flaw.field))
        worked.is_complete = False
        return
    if rule is not None and not on_charge:
        goods = from_minor(sum(worked.bases), one.order.currency)
        before = worked.under_policy
        worked.problems += discount_limits.check(one, rule, taken, before, goods, world)
        if not discount_limits.is_own(rule):
            worked.under_policy += taken


def _take(
    one: Promoted, structure: Structure, code: str, worked: Worked, *, on_charge: bool
) -> Decimal:
    """Takes the discount off what is left and books it. Raises Flaw."""
    currency = one.order.currency
    places = () if on_charge else places_of(one)
    goods = _carriage(one, worked) if on_charge else _goods(one, places, worked)
    offer = Offer(one.promotion, goods, currency)
    wanted = structure.worth(offer)
    taken = min(wanted, offer.left)
    amount = from_minor(taken, currency)
    if worked.is_complete:
        _compare(one, amount)
    reference = f"D{len(worked.discounts) + 1}"
    worked.discounts.append(_booked(one, structure, offer, amount, (reference, code)))
    if on_charge:
        worked.carriage_left -= taken
        worked.carriage_shares += [Allocation(reference, amount)] if taken else []
    else:
        _share(taken, places, reference, worked, currency)
    return amount


def _goods(one: Promoted, places: Sequence[int], worked: Worked) -> tuple[Goods, ...]:
    lines = one.order.lines
    return tuple(
        Goods(lines[place].quantity, lines[place].unit_price, worked.left[place])
        for place in places
    )


def _carriage(one: Promoted, worked: Worked) -> tuple[Goods, ...]:
    return (Goods(Decimal(1), one.order.shipping_amount, worked.carriage_left),)


def _compare(one: Promoted, amount: Decimal) -> None:
    stated = one.promotion.amount
    if stated is not None and stated != amount:
        says = f"took off {stated:f} in the shop, but comes to {amount:f} by its own terms"
        raise Flaw("amount_differs", says, "amount")


def _share(
    taken: int, places: Sequence[int], reference: str, worked: Worked, currency: str
) -> None:
    if not taken:
        return
    for place, share in zip(
        places, allocate(taken, [worked.left[place] for place in places]), strict=True
    ):
        if share:
            worked.left[place] -= share
            worked.line_shares[place].append(Allocation(reference, from_minor(share, currency)))


def _booked(
    one: Promoted, structure: Structure, offer: Offer, amount: Decimal, names: tuple[str, str]
) -> Discount:
    reference, code = names
    promotion = one.promotion
    on_charge = structure.on_charge or promotion.scope == "shipping"
    name = promotion.name or promotion.code
    return Discount(
        ref=reference,
        code=code,
        name=name if len(name) <= 60 else promotion.code[:60],
        target="charge" if on_charge else "line" if promotion.scope == "line" else "order",
        value_type=structure.value_type,
        value=structure.value(offer),
        allocation="across",
        sequence=promotion.sequence,
        amount=amount,
        stacking="exclusive" if promotion.exclusive else "stack",
    )
