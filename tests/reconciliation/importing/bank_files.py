"""Bank statements for tests: one account, bookings in pounds with the bank's own id or without."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

ACCOUNT = "GB33BUKB20201555555555"


@dataclass(frozen=True, slots=True)
class Booking:
    """`day` of October 2026; `amount` in whole pounds, out when negative."""

    day: int
    amount: int
    text: str = "TILL"
    ref: str = ""


def mt940(name: str, bookings: Sequence[Booking], opening: int = 0) -> bytes:
    lines = "".join(
        f":61:2610{one.day:02}10{one.day:02}{'C' if one.amount >= 0 else 'D'}{abs(one.amount)},00"
        f"NTRFNONREF{f'//{one.ref}' if one.ref else ''}\r\n:86:{one.text}\r\n"
        for one in bookings
    )
    return (
        f":20:{name}\r\n:25:{ACCOUNT}\r\n:28C:1/1\r\n:60F:{_balance(opening, bookings[0].day)}\r\n"
        f"{lines}:62F:{_balance(opening + total(bookings), bookings[-1].day)}\r\n-\r\n"
    ).encode()


def by_day(name: str, bookings: Sequence[Booking], opening: int = 0) -> bytes:
    """A file with a statement for each day."""
    parts = []
    for day, group in groupby(bookings, key=lambda one: one.day):
        held = list(group)
        parts.append(mt940(f"{name}-{day}", held, opening))
        opening += total(held)
    return b"".join(parts)


def camt(name: str, bookings: Sequence[Booking], opening: int = 0) -> bytes:
    closing = opening + total(bookings)
    entries = "".join(
        f"<Ntry><Amt Ccy='GBP'>{abs(one.amount)}.00</Amt><CdtDbtInd>{_side(one.amount)}</CdtDbtInd>"
        f"<Sts>BOOK</Sts><BookgDt><Dt>2026-10-{one.day:02}</Dt></BookgDt>"
        f"<AcctSvcrRef>{one.ref}</AcctSvcrRef><AddtlNtryInf>Ref. {one.text}</AddtlNtryInf></Ntry>"
        for one in bookings
    )
    return (
        "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.02'><BkToCstmrStmt><Stmt>"
        f"<Id>{name}</Id><Acct><Id><IBAN>{ACCOUNT}</IBAN></Id></Acct>"
        f"{_camt_balance('OPBD', opening, bookings[0].day)}"
        f"{_camt_balance('CLBD', closing, bookings[-1].day)}"
        f"{entries}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def total(bookings: Sequence[Booking]) -> int:
    return sum(one.amount for one in bookings)


def _balance(amount: int, day: int) -> str:
    return f"{'C' if amount >= 0 else 'D'}2610{day:02}GBP{abs(amount)},00"


def _camt_balance(kind: str, amount: int, day: int) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='GBP'>{abs(amount)}.00</Amt>"
        f"<CdtDbtInd>{_side(amount)}</CdtDbtInd><Dt><Dt>2026-10-{day:02}</Dt></Dt></Bal>"
    )


def _side(amount: int) -> str:
    return "CRDT" if amount >= 0 else "DBIT"
