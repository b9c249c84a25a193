"""Does Prima know every code, and is it in force on the day of the order?"""

from collections.abc import Iterator
from datetime import date

from connectors.sandbox.prima.order_checks.draft import Draft, digits_of, text
from connectors.sandbox.prima.order_checks.ground import Ground
from connectors.sandbox.prima.problem import Issue


def check(order: Draft, ground: Ground) -> Iterator[Issue]:
    yield from _header(order, ground)
    for code, at in _tax_codes(order):
        yield from _listed(code, at, "tax.code_unknown", ("tax-codes", order.day), ground)
    for charge in order.charges:
        where = ("charge-codes", order.day)
        yield from _listed(charge.code, f"{charge.at}/code", "enum.unmapped", where, ground)
    if ground.company.capabilities.require_known_promotions:
        for discount in order.discounts:
            where = ("promotion-codes", order.day)
            at = f"{discount.at}/code"
            yield from _listed(discount.code, at, "discount.unknown_code", where, ground)
    for place, payment in enumerate(order.payments):
        where = ("payment-methods", order.day)
        at = f"#/payments/{place}/method"
        yield from _listed(text(payment, "method"), at, "enum.unmapped", where, ground)


def _header(order: Draft, ground: Ground) -> Iterator[Issue]:
    can = ground.company.capabilities
    if order.currency and (
        order.currency not in can.currencies or digits_of(order.currency) is None
    ):
        yield Issue(
            "#/currency",
            "currency.unsupported",
            "Orders in this currency are not taken.",
            value=order.currency[:10],
            limit=", ".join(can.currencies),
        )
    own = (ground.customer or {}).get("currency")
    if own and order.currency in can.currencies and order.currency != own:
        yield Issue(
            "#/currency",
            "currency.unsupported",
            f"The account is kept in {own}.",
            value=order.currency,
            limit=own,
        )
    if order.basis in ("net", "gross") and order.basis not in can.price_basis:
        yield Issue(
            "#/price_basis",
            "price.basis_mismatch",
            "Prices on this basis are not taken.",
            value=order.basis,
            limit=", ".join(can.price_basis),
        )
    where = ("source-media", order.day)
    source = text(order.body, "source_media")
    yield from _listed(source, "#/source_media", "enum.unmapped", where, ground)


def _tax_codes(order: Draft) -> Iterator[tuple[str, str]]:
    for part in order.parts:
        yield part.tax_code, f"{part.at}/tax_code"


def _listed(
    code: str, at: str, problem: str, where: tuple[str, date | None], ground: Ground
) -> Iterator[Issue]:
    if not code:
        return
    resource, day = where
    entry = ground.company.codes(resource).get(code)
    if entry is None:
        yield Issue(
            at, problem, f"{code} is not on Prima's list of {_words(resource)}.", value=code
        )
    elif day and not entry.valid_on(day):
        yield Issue(
            at,
            problem,
            f"{code} is not in force on {day.isoformat()}.",
            value=code,
            limit=f"{entry.valid_from or '…'} to {entry.valid_to or '…'}",
            actual=day.isoformat(),
        )


def _words(resource: str) -> str:
    return resource.replace("-", " ")
