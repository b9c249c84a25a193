"""What the elements of a camt.053 statement say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element  # only the type; defusedxml reads

from connectors.gateways import moments
from connectors.gateways.amounts import amount as amount_of
from connectors.gateways.amounts import currency_of
from connectors.gateways.problems import Code, FileProblem, cut_short
from integration.records.bank import BankDetail


@dataclass(frozen=True, slots=True)
class Balance:
    """`kind` is the bank's code: OPBD, CLBD, …; `amount` is signed."""

    kind: str
    amount: Decimal
    currency: str
    day: date | None


def text(element: Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def number(element: Element, path: str) -> int | None:
    said = text(element, path)
    return int(said) if said.isdigit() else None


def account(element: Element) -> str:
    return text(element, "Id/IBAN") or text(element, "Id/Othr/Id")


def day(element: Element, path: str, row: int) -> date | None:
    said = text(element, f"{path}/Dt") or text(element, f"{path}/DtTm")
    try:
        return moments.day(said[:10]) if said else None
    except ValueError as error:
        raise FileProblem(Code.BAD_DATE, f"“{said}” is not a date.", row, path, said) from error


def amount(element: Element, row: int, path: str = "Amt") -> tuple[Decimal, str]:
    """The signed amount and its currency."""
    found = element.find(path)
    said = (found.text or "").strip() if found is not None else ""
    code = found.get("Ccy", "") if found is not None else ""
    try:
        value = amount_of(said)
    except ValueError as error:
        raise FileProblem(
            Code.BAD_AMOUNT, f"“{said}” is not an amount.", row, path, said
        ) from error
    try:
        currency = currency_of(code)
    except ValueError as error:
        raise FileProblem(
            Code.UNKNOWN_CURRENCY, f"“{code}” is not a currency.", row, path, code
        ) from error
    return (-value if _is_debit(element, row) else value), currency


def _is_debit(element: Element, row: int) -> bool:
    said = text(element, "CdtDbtInd")
    if said not in {"CRDT", "DBIT"}:
        raise FileProblem(
            Code.BAD_AMOUNT, f"“{said}” is neither a credit nor a debit.", row, "CdtDbtInd", said
        )
    return said == "DBIT"


def balance(element: Element) -> Balance:
    value, currency = amount(element, 0)
    kind = text(element, "Tp/CdOrPrtry/Cd") or text(element, "Tp/CdOrPrtry/Prtry")
    return Balance(kind, value, currency, day(element, "Dt", 0))


def between(balances: Sequence[Balance]) -> tuple[Balance, Balance]:
    """The first opening and the last closing balance: a statement may have a pair for every day,
    and a page in the middle of a statement has interim ones.

    Raises FileProblem when one of them is missing.
    """
    interim = [one for one in balances if one.kind == "ITBD"]
    by_day = sorted(balances, key=lambda one: one.day or date.min)
    opening = _first(by_day, "OPBD") or _first(by_day, "PRCD") or next(iter(interim), None)
    closing = _first(reversed(by_day), "CLBD") or next(reversed(interim), None)
    if opening is None or closing is None or opening is closing:
        raise cut_short("the statement lacks its opening or closing balance.")
    return opening, closing


def _first(balances: Iterable[Balance], kind: str) -> Balance | None:
    return next((one for one in balances if one.kind == kind), None)


def batch_size(entry: Element) -> int:
    """How many payments the entry says it is made of; 0 when it does not say."""
    counts = [number(batch, "NbOfTxs") or 0 for batch in entry.iterfind("NtryDtls/Btch")]
    return sum(counts) if all(counts) else 0


def charges(entry: Element, currency: str) -> Decimal:
    """What the bank kept back: the entry's charges, or else those of its payments."""
    for path in ("Chrgs", "NtryDtls/TxDtls/Chrgs"):
        found = [_charge(one, currency) for one in entry.iterfind(path)]
        if any(found):
            return sum(found, Decimal(0))
    return Decimal(0)


def _charge(element: Element, currency: str) -> Decimal:
    whole = element.find("TtlChrgsAndTaxAmt")
    parts = [whole] if whole is not None else [one.find("Amt") for one in _records(element)]
    said = [
        (part.text or "").strip()
        for part in parts
        if part is not None and part.get("Ccy", currency) == currency
    ]
    try:
        return sum((amount_of(one) for one in said if one), Decimal(0))
    except ValueError as error:
        raise FileProblem(
            Code.BAD_AMOUNT, f"“{', '.join(said)}” is not an amount.", 0, "Chrgs", said[0]
        ) from error


def _records(element: Element) -> list[Element]:
    """Its records; older statements keep the one record's parts in the charges themselves."""
    return element.findall("Rcrd") or [element]


def detail(element: Element, currency: str, row: int, *, debit: bool) -> BankDetail:
    """One payment of a booking. Its amount has the sign of its booking unless it says otherwise."""
    said, own = _own_amount(element, currency)
    side = text(element, "CdtDbtInd")
    negative = side == "DBIT" if side else debit
    try:
        value = amount_of(said) if said else None
    except ValueError as error:
        raise FileProblem(
            Code.BAD_AMOUNT, f"“{said}” is not an amount.", row, "Amt", said
        ) from error
    party = "Cdtr" if negative else "Dbtr"
    remittance = " ".join(
        part.text.strip() for part in element.iterfind("RmtInf/Ustrd") if part.text
    )
    return BankDetail(
        amount=-value if value is not None and negative else value,
        currency=own,
        end_to_end_id=_given(text(element, "Refs/EndToEndId")),
        text=remittance
        or text(element, "RmtInf/Strd/CdtrRefInf/Ref")
        or text(element, "AddtlTxInf"),
        counterparty=text(element, f"RltdPties/{party}/Nm")
        or text(element, f"RltdPties/{party}/Pty/Nm"),
        counterparty_account=text(element, f"RltdPties/{party}Acct/Id/IBAN")
        or text(element, f"RltdPties/{party}Acct/Id/Othr/Id"),
        bank_reference=text(element, "Refs/AcctSvcrRef") or text(element, "Refs/TxId"),
    )


def _own_amount(element: Element, currency: str) -> tuple[str, str]:
    """The payment's amount and currency, in the booking's currency where the bank says it so."""
    found = [
        (one.text.strip(), one.get("Ccy", currency))
        for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt")
        if (one := element.find(path)) is not None and one.text
    ]
    return next((one for one in found if one[1] == currency), (found or [("", currency)])[0])


def _given(said: str) -> str:
    return "" if said.upper() == "NOTPROVIDED" else said
