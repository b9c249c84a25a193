"""What the elements of a camt.053 statement say."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element  # only the type; defusedxml reads

from connectors.gateways import moments
from connectors.gateways.amounts import amount as amount_of
from connectors.gateways.amounts import currency_of
from connectors.gateways.problems import Code, FileProblem
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


def detail(element: Element, currency: str, row: int, *, debit: bool) -> BankDetail:
    """One payment of a booking. Its amount has the sign of its booking unless it says otherwise."""
    said, own = "", currency
    for path in ("AmtDtls/TxAmt/Amt", "Amt", "AmtDtls/InstdAmt/Amt"):
        found = element.find(path)
        if found is not None and found.text:
            said, own = found.text.strip(), found.get("Ccy", currency)
            break
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


def _given(said: str) -> str:
    return "" if said.upper() == "NOTPROVIDED" else said
