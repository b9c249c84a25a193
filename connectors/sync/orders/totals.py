"""The order to the penny: its lines, charge and totals, held against what the customer paid."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from connectors.sync.orders.discounting import Worked
from connectors.sync.orders.tax import Taxed, taxes
from connectors.sync.orders.tax_codes import Rated, TaxCodes
from connectors.sync.orders.world import World
from integration.core.money import Money, from_minor, quantum
from integration.core.problems import Problem
from integration.records.campaign_order import CampaignOrder
from integration.records.item import Code, Item
from integration.records.sales_order import Charge, SalesLine, TaxLine, Totals

CODE = "total_mismatch"


@dataclass(frozen=True, slots=True)
class Sums:
    lines: tuple[SalesLine, ...]
    charges: tuple[Charge, ...]
    totals: Totals


def reckon(
    order: CampaignOrder,
    items: Sequence[Item],
    carriage: Code | None,
    codes: TaxCodes,
    worked: Worked,
    world: World,
) -> Sums:
    """Everything must be known: an item and a tax code a line, and of the carriage if there is one."""
    rated = [one for one in codes.lines if one is not None]
    amounts = list(worked.left)
    if codes.carriage is not None:
        rated.append(codes.carriage)
        amounts.append(worked.carriage_left)
    parts = [Taxed(amount, r.code, r.rate) for amount, r in zip(amounts, rated, strict=True)]
    tax = taxes(parts, order.price_basis, world.capabilities)
    gross_prices = order.price_basis == "gross"
    nets = [a - t if gross_prices else a for a, t in zip(amounts, tax, strict=True)]
    currency = order.currency
    net_amounts = [from_minor(net, currency) for net in nets]
    tax_amounts = [from_minor(one, currency) for one in tax]
    lines = tuple(
        _line(
            order,
            place,
            items[place],
            rated[place],
            (net_amounts[place], tax_amounts[place]),
            worked,
        )
        for place in range(len(order.lines))
    )
    charges = _charges(order, carriage, codes, net_amounts, tax_amounts, worked)
    taken = sum((one.amount for one in worked.discounts), Decimal(0))
    totals = Totals(
        goods_net=from_minor(sum(nets[: len(lines)]), currency),
        discount_total=taken,
        charges_net=from_minor(sum(nets[len(lines) :]), currency),
        tax_total=from_minor(sum(tax), currency),
        gross=from_minor(sum(nets) + sum(tax), currency),
        tax_summary=_summary(parts, nets, tax, currency),
    )
    return Sums(lines, charges, totals)


def paid_differs(order: CampaignOrder, gross: Decimal) -> Iterator[Problem]:
    """The order must come to exactly what was paid."""
    if gross == order.total_paid:
        return
    says = (
        f"{Money(order.total_paid, order.currency)} were paid, "
        f"but its lines, discounts and carriage come to {Money(gross, order.currency)}."
    )
    yield mismatch(order, "total_paid", order.total_paid, gross, says)


def tax_differs(order: CampaignOrder, tax_total: Decimal) -> Iterator[Problem]:
    """Shops round tax in their own ways: a half-penny a line is forgiven, and always a penny."""
    if order.tax_total is None:
        return
    unit = quantum(order.currency)
    allowed = max(unit, unit * len(order.lines) / 2)
    if abs(order.tax_total - tax_total) > allowed:
        says = (
            f"the shop reckoned {Money(order.tax_total, order.currency)} of tax, "
            f"Prima would reckon {Money(tax_total, order.currency)}."
        )
        yield mismatch(order, "tax_total", order.tax_total, tax_total, says)


def mismatch(
    order: CampaignOrder, field: str, expected: Decimal, computed: Decimal, says: str
) -> Problem:
    facts = {
        "order": order.key,
        "field": field,
        "expected": f"{expected:f}",
        "computed": f"{computed:f}",
        "difference": f"{computed - expected:f}",
        "currency": order.currency,
    }
    target = "/totals/tax_total" if field == "tax_total" else "/totals/gross"
    return Problem(
        CODE,
        f"Order {order.key}: {says}",
        facts,
        pointers=(f"/order/{field}",),
        target_pointers=(target,),
    )


def _line(
    order: CampaignOrder,
    place: int,
    item: Item,
    rated: Rated,
    amounts: tuple[Decimal, Decimal],
    worked: Worked,
) -> SalesLine:
    line = order.lines[place]
    net, tax = amounts
    return SalesLine(
        line_ref=line.line_no,
        sku=item.sku,
        kind=item.kind,
        description=item.description,
        quantity=line.quantity,
        unit_price=line.unit_price,
        tax_code=rated.code,
        tax_rate=rated.rate,
        net_amount=net,
        tax_amount=tax,
        allocations=tuple(worked.line_shares[place]),
        parent_line_ref=line.parent_line_no,
        variant=item.variant,
    )


def _charges(
    order: CampaignOrder,
    carriage: Code | None,
    codes: TaxCodes,
    nets: Sequence[Decimal],
    tax: Sequence[Decimal],
    worked: Worked,
) -> tuple[Charge, ...]:
    if carriage is None or codes.carriage is None:
        return ()
    charge = Charge(
        code=carriage.code,
        description=carriage.description,
        net_amount=nets[-1],
        tax_code=codes.carriage.code,
        tax_amount=tax[-1],
        allocations=tuple(worked.carriage_shares),
    )
    return (charge,)


def _summary(
    parts: Sequence[Taxed], nets: Sequence[int], tax: Sequence[int], currency: str
) -> tuple[TaxLine, ...]:
    rates: dict[str, Decimal] = {}
    bases: dict[str, int] = {}
    sums: dict[str, int] = {}
    for part, net, one in zip(parts, nets, tax, strict=True):
        rates[part.code] = part.rate
        bases[part.code] = bases.get(part.code, 0) + net
        sums[part.code] = sums.get(part.code, 0) + one
    return tuple(
        TaxLine(
            code, rates[code], from_minor(bases[code], currency), from_minor(sums[code], currency)
        )
        for code in sorted(bases)
    )
