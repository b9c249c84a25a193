"""Does every line come to what was sent, and is its tax right to the penny?"""

from collections.abc import Iterator
from decimal import Decimal

from connectors.sandbox.prima.order_checks.draft import Draft, Line, Part, total
from connectors.sandbox.prima.order_checks.ground import Ground
from connectors.sandbox.prima.problem import Issue


def check(order: Draft, ground: Ground) -> Iterator[Issue]:
    if order.basis not in ("net", "gross"):
        return
    for line in order.lines:
        yield from _rate(line, ground)
        yield from _amount(line, order, ground)
    for part in order.parts:
        yield from _own_tax(part, order, ground)
    if ground.company.capabilities.invoice_rounding:
        yield from _tax_of_sums(order, ground)


def tax_on(base: Decimal, rate: Decimal, order: Draft, rounding: str) -> Decimal:
    """The tax in, or on, an amount of the order's price basis."""
    divisor = 100 + rate if order.basis == "gross" else Decimal(100)
    return (base * rate / divisor).quantize(order.unit, rounding=rounding)


def _base(part: Part, order: Draft) -> Decimal | None:
    """What the tax is computed from: gross or net, as the order's prices are."""
    if part.net is None or part.tax is None:
        return None
    return part.net + part.tax if order.basis == "gross" else part.net


def _rate(line: Line, ground: Ground) -> Iterator[Issue]:
    rate = ground.rate(line.tax_code)
    if rate is not None and line.tax_rate is not None and line.tax_rate != rate:
        yield Issue(
            f"{line.at}/tax_rate",
            "tax.rate_mismatch",
            f"The rate of {line.tax_code} is {rate} %.",
            value=str(line.tax_rate),
            limit=str(rate),
            actual=str(line.tax_rate),
            suggestion=str(rate),
        )


def _amount(line: Line, order: Draft, ground: Ground) -> Iterator[Issue]:
    full, taken = line.extended(order.unit, ground.rounding), line.allocated
    base = _base(line, order)
    if full is None or taken is None or base is None or full - taken == base:
        return
    sent = "net and tax together come" if order.basis == "gross" else "net comes"
    yield Issue(
        f"{line.at}/net_amount",
        "totals.mismatch",
        f"Quantity × price less discounts is {full - taken}, but {sent} to {base}.",
        value=str(line.net),
        limit=str(full - taken),
        actual=str(base),
    )


def _own_tax(part: Part, order: Draft, ground: Ground) -> Iterator[Issue]:
    rate, base = ground.rate(part.tax_code), _base(part, order)
    if rate is None or base is None or part.tax is None:
        return
    right = tax_on(base, rate, order, ground.rounding)
    slack = order.unit if ground.company.capabilities.invoice_rounding else Decimal(0)
    if abs(part.tax - right) > slack:
        yield Issue(
            f"{part.at}/tax_amount",
            "tax.rate_mismatch",
            f"The tax at {rate} % is {right}.",
            value=str(part.tax),
            limit=str(right),
            actual=str(part.tax),
            suggestion=str(right),
        )


def _tax_of_sums(order: Draft, ground: Ground) -> Iterator[Issue]:
    for code in sorted({part.tax_code for part in order.parts}):
        rate = ground.rate(code)
        parts = [part for part in order.parts if part.tax_code == code]
        base = total([_base(part, order) for part in parts])
        taxes = total([part.tax for part in parts])
        if rate is None or base is None or taxes is None:
            continue
        right = tax_on(base, rate, order, ground.rounding)
        if taxes != right:
            yield Issue(
                "#/lines",
                "tax.rate_mismatch",
                f"The taxes of code {code} add up to {taxes}; on their sum it is {right}.",
                value=code,
                limit=str(right),
                actual=str(taxes),
            )
