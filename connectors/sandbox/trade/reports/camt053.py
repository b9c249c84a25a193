"""A bank's statement of one month as camt.053."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from connectors.sandbox.trade.bank import Account, Booking, Statement
from connectors.sandbox.worlds.orders import money

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def report(statement: Statement) -> bytes:
    text = "\n".join(_document(statement))
    return text.encode()


def _document(statement: Statement) -> Iterator[str]:
    account, name = statement.account, statement.id
    made = f"{statement.last}T23:30:00+00:00"
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<Document xmlns="{_NAMESPACE}"><BkToCstmrStmt>'
    yield f"<GrpHdr><MsgId>{name}</MsgId><CreDtTm>{made}</CreDtTm></GrpHdr>"
    yield f"<Stmt><Id>{name}</Id><CreDtTm>{made}</CreDtTm>"
    yield f"<Acct><Id><IBAN>{account.iban}</IBAN></Id><Ccy>{account.currency}</Ccy></Acct>"
    yield _balance("OPBD", statement.opening, account, statement.first.isoformat())
    yield _balance("CLBD", statement.closing, account, statement.last.isoformat())
    yield _summary(statement.bookings)
    for place, booking in enumerate(statement.bookings, 1):
        yield _entry(booking, account, f"{name}-{place:04d}")
    yield "</Stmt></BkToCstmrStmt></Document>"


def _balance(kind: str, amount: int, account: Account, day: str) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{_amount(amount, account)}"
        f"<Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _summary(bookings: Sequence[Booking]) -> str:
    number = f"<NbOfNtries>{len(bookings)}</NbOfNtries>"
    return f"<TxsSummry><TtlNtries>{number}</TtlNtries></TxsSummry>"


def _entry(booking: Booking, account: Account, reference: str) -> str:
    party = "Dbtr" if booking.amount > 0 else "Cdtr"
    name = f"<Nm>{escape(booking.party)}</Nm>"
    return (
        f"<Ntry><NtryRef>{reference}</NtryRef>{_amount(booking.amount, account)}"
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{booking.day}</Dt></BookgDt>"
        f"<ValDt><Dt>{booking.day}</Dt></ValDt><AcctSvcrRef>{reference}</AcctSvcrRef>"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>{escape(booking.end_to_end)}</EndToEndId></Refs>"
        f"<RltdPties><{party}><Pty>{name}</Pty></{party}></RltdPties>"
        f"<RmtInf><Ustrd>{escape(booking.text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def _amount(amount: int, account: Account) -> str:
    side = "CRDT" if amount >= 0 else "DBIT"
    text = money(abs(amount))
    return f'<Amt Ccy="{account.currency}">{text}</Amt><CdtDbtInd>{side}</CdtDbtInd>'
