"""The trade of last month and this one: what Prima's people did, and the files that came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from connectors.sandbox.trade import bank, gateways, papers, rates
from connectors.sandbox.trade.bank import Booking
from connectors.sandbox.trade.calendar import Span, last_month
from connectors.sandbox.trade.gateways import Told
from connectors.sandbox.trade.payout import Batch
from connectors.sandbox.trade.reports import camt053, mt940
from connectors.sandbox.trade.sale import Sale
from connectors.sandbox.trade.twist import USUAL, Choice, Twist, deal

EVE_DAYS = 5
"""Days of the month before last that are told of, too."""
_MOST = timedelta(days=24)
"""Later in the month nothing odd begins, so that it is over when the month is."""
_SLOW = timedelta(days=12)
"""More than the days after which the latest payout is at the bank."""


@dataclass(frozen=True, slots=True)
class Bumps:
    """The payouts that did not reach the bank as they should: their ids."""

    short: str
    late: str
    missing: str


@dataclass(frozen=True, slots=True)
class Trade:
    """`late_steps` and `late_files` come when the month before last is signed.

    `truth` names what does not agree: control, category, and words that a difference holds.
    """

    steps: Sequence[papers.Step]
    files: Mapping[str, bytes]
    late_steps: Sequence[papers.Step]
    late_files: Mapping[str, bytes]
    settings: Mapping[str, Any]
    truth: Sequence[tuple[str, str, str]]


def told_days(today: date) -> Span:
    """From the last days of the month before last to yesterday."""
    return Span(last_month(today) - timedelta(days=EVE_DAYS), today - timedelta(days=1))


def tell(
    sales: Sequence[Sale], today: date, *, seed: int = 0, choices: Sequence[Choice] = USUAL
) -> Trade:
    """The same sales, day and seed make the same trade."""
    span, random, start = told_days(today), Random(seed), last_month(today)
    sales = [sale for sale in sales if span.holds(sale.at.date())]
    days = (start, start + _MOST)
    twists = deal(sales, choices, days, today, random) | _late_invoice(sales, start)
    told = gateways.tell(sales, twists, span, strays=start + timedelta(days=9))
    return told_as(sales, twists, told, _bumps(told, start, random))


def told_as(
    sales: Sequence[Sale], twists: Mapping[str, Twist], told: Told, bumps: Bumps | None = None
) -> Trade:
    """The trade in which exactly this befalls these sales, by number."""
    span, bumps = told.span, bumps or Bumps("", "", "")
    bills = gateways.bills(span)
    return Trade(
        steps=[
            step for sale in sales
            for step in papers.steps(sale, twists.get(sale.number), span.last)
        ],
        files={
            **gateways.reports(told),
            **{bill.name: bill.report() for bill in bills[1:]},
            **_statements(_bookings(sales, told, bumps, bills), span),
        },
        late_steps=[
            papers.late_invoice(sale)
            for sale in sales if twists.get(sale.number) is Twist.LATE_INVOICE
        ],
        late_files={bill.name: bill.report() for bill in bills[:1]},
        settings=_settings(span),
        truth=_truth(sales, twists, bumps, told),
    )  # fmt: skip


def _late_invoice(sales: Sequence[Sale], start: date) -> dict[str, Twist]:
    """The last one in several lines that was shipped before the first of last month."""
    fitting = [
        sale for sale in sales
        if sale.one_tender and len(sale.parts) > 1 and sale.provider in ("stripe", "worldpay")
        and papers.shipped_on(sale) < start
    ]  # fmt: skip
    return {sale.number: Twist.LATE_INVOICE for sale in fitting[-1:]}


def _bumps(told: Told, start: date, random: Random) -> Bumps:
    days = Span(start, min(start + _MOST, told.span.last - _SLOW))
    stripe = [one.id for one in told.of("stripe", "GBP") if days.holds(one.paid_on)]
    short, late = random.sample(stripe, 2) if len(stripe) > 1 else ("", "")
    worldpay = [one.id for one in told.of("worldpay", "GBP") if days.holds(one.paid_on)]
    return Bumps(short, late, random.choice(worldpay) if worldpay else "")


def _bookings(
    sales: Sequence[Sale], told: Told, bumps: Bumps, bills: Sequence[gateways.Bill]
) -> dict[str, list[Booking]]:
    """By currency."""
    found: dict[str, list[Booking]] = {account.currency: [] for account in bank.ACCOUNTS}
    for batch in told.batches:
        if batch.id != bumps.missing:
            found[batch.currency].append(_arrived(batch, bumps))
    for sale in sales:
        if sale.on_account:
            found[sale.currency].append(bank.transferred(sale))
    for bill in bills:
        found["GBP"].append(
            Booking(bill.taken, -bill.amount, bank.PARTIES["worldpay"], bill.batch, bill.batch)
        )
    for currency, bookings in found.items():
        bookings += bank.charges(told.span, currency)
    return found


def _arrived(batch: Batch, bumps: Bumps) -> Booking:
    days = 9 if batch.id == bumps.late else 1
    return bank.arrived(batch, days=days, lacking=int(batch.id == bumps.short))


def _statements(bookings: Mapping[str, Sequence[Booking]], span: Span) -> dict[str, bytes]:
    """Pounds as camt.053, euros as MT940."""
    files = {}
    for account in bank.ACCOUNTS:
        xml = account.currency == "GBP"
        for one in bank.statements(account, bookings[account.currency], span):
            name = f"bank-{account.currency.lower()}-{one.first:%Y-%m}"
            files[f"{name}.xml" if xml else f"{name}.sta"] = (
                camt053.report(one) if xml else mt940.report(one)
            )
    return files


def _settings(span: Span) -> dict[str, Any]:
    """What finance has set up: accounts, what may differ, limits, and the rates of each day.

    Worldpay's fees have no account yet.
    """
    fees = [("stripe", "7611"), ("paypal", "7612"), ("adyen", "7613")]
    return {
        "accounts": [
            *({"purpose": "fee", "gateway": gateway, "code": code} for gateway, code in fees),
            {"purpose": "chargeback", "gateway": "", "code": "7620"},
            {"purpose": "fx", "gateway": "", "code": "7630"},
        ],
        "tolerances": [
            {"control": "payouts_to_documents", "currency": currency, "absolute": 2,
             "relative": "0.5"}
            for currency in ("GBP", "EUR")
        ],
        "limits": [
            {"kind": kind, "currency": currency, "role": role, "amount": amount}
            for kind in ("write_off", "fee", "fx", "match") for currency in ("GBP", "EUR")
            for role, amount in (("finance", 5_000), ("controller", 100_000))
        ],
        "rates": [
            {"day": day.isoformat(), "base": "EUR", "quote": "GBP", "rate": str(rates.market(day)),
             "source": "Daily rates of the bank"}
            for day in span.days()
        ],
    }  # fmt: skip


_OUTCOMES: Mapping[Twist, Sequence[tuple[str, str]]] = {
    Twist.SHORT: [("payouts_to_documents", "amount_off")],
    Twist.TWICE: [("payouts_to_documents", "duplicate_line")],
    Twist.UNPAID: [("payouts_to_documents", "unmatched_invoice")],
    Twist.REFUND_ONLY: [("payouts_to_documents", "unmatched_line")],
    Twist.REPRICED: [
        ("prima_to_documents", "price_changed"),
        ("payouts_to_documents", "amount_off"),
    ],
    Twist.NO_CHARGES: [
        ("prima_to_documents", "charges_missing"),
        ("payouts_to_documents", "amount_off"),
    ],
    Twist.CANCELLED_LATE: [("prima_to_documents", "cancelled_but_invoiced")],
    Twist.FORGOTTEN: [
        ("prima_to_documents", "not_invoiced"),
        ("payouts_to_documents", "unmatched_line"),
    ],
}


def _truth(
    sales: Sequence[Sale], twists: Mapping[str, Twist], bumps: Bumps, told: Told
) -> list[tuple[str, str, str]]:
    by_order = ("prima_to_documents",)
    found = [
        (control, category, sale.number if control in by_order else sale.key)
        for sale in sales
        for control, category in _OUTCOMES.get(twists.get(sale.number, Twist.PARTS), ())
    ]
    found += [
        ("control_totals", "invoiced", f"invoiced|{sale.at.date()}|{sale.currency}")
        for sale in sales
        if twists.get(sale.number) in (Twist.REPRICED, Twist.NO_CHARGES)
    ]
    found += [
        ("payouts_to_documents", "fee_without_account", bill.batch)
        for bill in gateways.bills(told.span)
    ]
    found += [
        ("payouts_to_documents", "unmatched_line", reference) for reference, _ in gateways.STRAYS
    ]
    found += [
        ("payout_to_bank", category, payout)
        for category, payout in (
            ("bank_amount", bumps.short),
            ("late", bumps.late),
            ("missing_at_bank", bumps.missing),
        )
        if payout
    ]
    return found
