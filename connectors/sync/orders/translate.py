"""One campaign order into the sales order Prima shall book, or the list of all that is wrong.

Every check runs, whatever the others find. Sums are made as soon as all they need is there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from connectors.sync.orders import (
    addresses,
    codes,
    currency,
    customer,
    discounting,
    email,
    lines,
    payments,
    tax_codes,
    tax_number,
    terms,
    totals,
)
from connectors.sync.orders.addresses import Addresses
from connectors.sync.orders.codes import Codes
from connectors.sync.orders.customer import Found, Method
from connectors.sync.orders.discounting import Worked
from connectors.sync.orders.lines import Items
from connectors.sync.orders.phone import dialled
from connectors.sync.orders.reading import Reading
from connectors.sync.orders.tax_codes import TaxCodes
from connectors.sync.orders.tax_number import TaxNumber
from connectors.sync.orders.totals import Sums
from connectors.sync.orders.world import World
from integration.core.money import from_minor, is_currency
from integration.core.problems import Problem
from integration.records.campaign_order import CampaignOrder
from integration.records.sales_order import Payment, SalesOrder

SYSTEM = "sfmc"


@dataclass(frozen=True, slots=True)
class Translation:
    """`order` is there exactly when there are no problems.

    `account_code` is the customer's even when the order is held; `matched_by` tells how the
    account was found: "link", "external_key" or "email". `notes` are for the record.
    """

    order: SalesOrder | None
    problems: tuple[Problem, ...] = ()
    account_code: str = ""
    matched_by: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sides:
    """What is known of an order when its sums are made."""

    day: date
    customer: Found
    addresses: Addresses
    number: TaxNumber
    items: Items
    codes: Codes


@dataclass(slots=True)
class _Money:
    """What the sums came to; `sums` is None while something they need is missing."""

    worked: Worked | None = None
    sums: Sums | None = None
    payments: tuple[Payment, ...] = ()
    problems: list[Problem] = field(default_factory=list)


def translate_reading(reading: Reading, world: World) -> Translation:
    """As `translate`, with what could not be read among the problems."""
    if reading.order is None:
        return Translation(None, reading.problems)
    return translate(
        reading.order, world, content_hash=reading.content_hash, unreadable=reading.problems
    )


def translate(
    order: CampaignOrder,
    world: World,
    *,
    content_hash: str = "",
    unreadable: Sequence[Problem] = (),
) -> Translation:
    """`content_hash` is what releases of discounts refer to."""
    day = world.reference.day_of(order.ordered_at)
    found = customer.find(order, world)
    account = found.account
    places = addresses.check(order, world, day)
    number = tax_number.check(order, account, places.country, world)
    items = lines.check(order, world, day)
    known = codes.check(order, world, day)
    problems = [*unreadable, *found.problems]
    if account is not None:
        problems += terms.standing(order, account)
        problems += terms.agreed(order, account, world, day)
    problems += currency.check(order, account, world)
    problems += email.check(order, world)
    problems += number.problems
    problems += places.problems
    problems += items.problems
    problems += known.problems
    sides = _Sides(day, found, places, number, items, known)
    money = _Money() if unreadable else _reckon(order, sides, world, content_hash)
    problems += money.problems
    sent = None if problems else _sales_order(order, sides, money)
    return Translation(
        order=sent,
        problems=tuple(problems),
        account_code=account.account_code if account is not None else "",
        matched_by=found.method or "",
        notes=_notes(order, sides),
    )


def _reckon(order: CampaignOrder, sides: _Sides, world: World, content_hash: str) -> _Money:
    """Discounts, then what was paid, then tax and payments, as far as what is known allows."""
    money = _Money()
    if not is_currency(order.currency):
        return money
    worked = money.worked = discounting.work_out(order, world, sides.day, content_hash)
    money.problems += worked.problems
    if not worked.is_complete:
        return money
    if order.price_basis == "gross":
        # Prices with tax add up to what was paid whatever the tax is.
        gross = from_minor(sum(worked.left) + worked.carriage_left, order.currency)
        money.problems += totals.paid_differs(order, gross)
    rates = _tax_codes(order, sides, world)
    if rates is None:
        return money
    money.problems += rates.problems
    items = [item for item in sides.items.found if item is not None]
    is_rated = None not in rates.lines and (rates.carriage is None) == (sides.codes.charge is None)
    if is_rated and not (order.shipping_amount and rates.carriage is None):
        money.sums = totals.reckon(order, items, sides.codes.charge, rates, worked, world)
        _hold_against(order, sides, money, worked)
    return money


def _tax_codes(order: CampaignOrder, sides: _Sides, world: World) -> TaxCodes | None:
    """None while the country's rule is not known, or hangs on a tax number that is not right."""
    if not sides.addresses.country:
        return None
    account = sides.customer.account
    kind = account.type if account is not None else None
    rule = tax_codes.rule_for(sides.addresses.country, kind, world)
    if rule is None or (rule.tax_code and not sides.number.is_certain):
        return None
    items, carriage = sides.items.found, sides.codes.charge
    return tax_codes.check(order.key, items, carriage, rule, world, sides.day)


def _hold_against(order: CampaignOrder, sides: _Sides, money: _Money, worked: Worked) -> None:
    """The sums against what the shop says, and the payments against the sums."""
    if money.sums is None:
        return
    reckoned = money.sums.totals
    if order.price_basis == "net":
        money.problems += totals.paid_differs(order, reckoned.gross)
    money.problems += totals.tax_differs(order, reckoned.tax_total)
    method, account = sides.codes.payment_method, sides.customer.account
    settled = payments.settle(order, reckoned.gross, method, worked, account)
    money.payments = settled.payments
    money.problems += settled.problems


def _sales_order(order: CampaignOrder, sides: _Sides, money: _Money) -> SalesOrder:
    if money.sums is None or money.worked is None or sides.customer.account is None:
        raise ValueError(f"Order {order.key} has neither sums nor problems.")
    media = sides.codes.source_media
    return SalesOrder(
        external_system=SYSTEM,
        external_ref=order.key,
        account_code=sides.customer.account.account_code,
        order_date=sides.day,
        currency=order.currency,
        price_basis=order.price_basis,
        lines=money.sums.lines,
        totals=money.sums.totals,
        charges=money.sums.charges,
        discounts=tuple(money.worked.discounts),
        payments=money.payments,
        invoice_address=sides.addresses.invoice.address,
        delivery_address=replace(sides.addresses.delivery.address, phone=_phone(order, sides)),
        payment_terms=sides.customer.account.payment_terms if order.payment_terms else "",
        source_media=media.code if media is not None else "",
        campaign=order.campaign,
        journey=order.journey,
        customer_po=order.customer_po,
    )


_MATCHED: Mapping[Method, str] = {
    "link": "The customer was found by their link to account {code}.",
    "external_key": "The customer was found by the key stored at account {code}.",
    "tax_number": "The customer was found by the tax number of account {code}.",
    "email": "The customer was found by the e-mail address and name of account {code}.",
    "mobile": "The customer was found by the mobile, name and postcode of account {code}.",
}


def _phone(order: CampaignOrder, sides: _Sides) -> str:
    return dialled(order.phone, sides.addresses.country) if order.phone else ""


def _notes(order: CampaignOrder, sides: _Sides) -> tuple[str, ...]:
    account, method = sides.customer.account, sides.customer.method
    if account is None or method is None:
        return ()
    notes = [_MATCHED[method].format(code=account.account_code)]
    if account.hold == "ship":
        notes.append(f"Account {account.account_code} is on hold for despatch.")
    if order.phone and not _phone(order, sides):
        notes.append(f"The telephone number {order.phone[:40]} cannot be dialled and is left out.")
    return tuple(notes)
