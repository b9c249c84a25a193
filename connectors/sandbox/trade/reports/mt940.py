"""A bank's statement of one month as MT940."""

from collections.abc import Iterator
from datetime import date

from connectors.sandbox.trade.bank import Booking, Statement
from connectors.sandbox.worlds.orders import money


def report(statement: Statement) -> bytes:
    return "\r\n".join([*_fields(statement), "-", ""]).encode()


def _fields(statement: Statement) -> Iterator[str]:
    currency = statement.account.currency
    yield f":20:{statement.id[:16]}"
    yield f":25:{statement.account.iban}"
    yield f":28C:{statement.number}/1"
    yield f":60F:{_balance(statement.opening, statement.first, currency)}"
    for booking in statement.bookings:
        yield from _line(booking)
    yield f":62F:{_balance(statement.closing, statement.last, currency)}"


def _line(booking: Booking) -> Iterator[str]:
    side = "C" if booking.amount > 0 else "D"
    reference = booking.end_to_end[:16] or "NONREF"
    day = f"{booking.day:%y%m%d%m%d}"
    yield f":61:{day}{side}{_comma(booking.amount)}NTRF{reference}"
    yield f":86:{booking.party} {booking.text}"


def _balance(amount: int, day: date, currency: str) -> str:
    return f"{'C' if amount >= 0 else 'D'}{day:%y%m%d}{currency}{_comma(amount)}"


def _comma(amount: int) -> str:
    return money(abs(amount)).replace(".", ",")
