"""Mollie's settlement report: one row for each payment, refund and fee of a payout."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO, ClassVar
from zoneinfo import ZoneInfo

from connectors.gateways.amounts import Mark
from connectors.gateways.delimited import table
from connectors.gateways.footing import Tally
from connectors.gateways.gateway import Event, Format
from connectors.gateways.line_ids import LineIds
from connectors.gateways.problems import unknown_row_type
from connectors.gateways.row import Row
from integration.records.payout import LineKind, PayoutLine

_NEEDED = frozenset(
    ["date", "payment method", "id", "description", "settlement currency", "settlement amount",
     "settlement reference"]
)  # fmt: skip
_AMSTERDAM = ZoneInfo("Europe/Amsterdam")
_COMMA = re.compile(r".*,\d{1,2}")
_PAYMENTS = ("tr_", "cpt_")
# What a row is, if money comes in and if it is taken.
_OBJECTS = {
    "tr": (LineKind.CHARGE, LineKind.REFUND),
    "cpt": (LineKind.CHARGE, LineKind.REFUND),
    "re": (LineKind.ADJUSTMENT, LineKind.REFUND),
    "chb": (LineKind.CHARGEBACK_REVERSAL, LineKind.CHARGEBACK),
    "trf": (LineKind.TRANSFER, LineKind.TRANSFER),
}
_WORDS = (
    (re.compile(r"fee|cost|invoice|kosten", re.IGNORECASE), (LineKind.FEE, LineKind.FEE)),
    (re.compile(r"chargeback", re.IGNORECASE), _OBJECTS["chb"]),
    (re.compile(r"refund", re.IGNORECASE), _OBJECTS["re"]),
    (re.compile(r"reserve", re.IGNORECASE), (LineKind.RESERVE_RELEASE, LineKind.RESERVE)),
    (re.compile(r"correction|compensation|rounding", re.IGNORECASE),
     (LineKind.ADJUSTMENT, LineKind.ADJUSTMENT)),
    (re.compile(r"balance|transfer|top-?up", re.IGNORECASE), _OBJECTS["trf"]),
)  # fmt: skip


class MollieSettlement(Format):
    """Fees are withheld in rows of their own. Rows that no payout holds yet are left out."""

    slug = "mollie_settlement"
    title = "Mollie, settlement report"
    gateway = "mollie"
    columns: ClassVar = (_NEEDED,)

    def read(self, stream: BinaryIO) -> Iterator[Event]:
        tally, names = Tally(self.gateway), LineIds()
        waiting = 0
        for row in table(stream, _NEEDED):
            if row.text("settlement reference"):
                yield tally.add(_line(row, names))
            else:
                waiting += 1
        if waiting:
            rows = "1 row is" if waiting == 1 else f"{waiting:,} rows are"
            tally.remark(f"{rows} in no payout yet and left out.")
        yield from tally.close()


def _line(row: Row, names: LineIds) -> PayoutLine:
    currency = row.currency("settlement currency")
    net = _amount(row, "settlement amount")
    reference = row.text("settlement reference")
    own = row.text("id")
    original = row.text("currency")
    return PayoutLine(
        line_id=_name(row, own, net, names),
        gateway="mollie",
        payout_id=reference,
        kind=_kind(row, net),
        currency=currency,
        gross=net,
        net=net,
        occurred_at=row.moment("date", zone=_AMSTERDAM),
        reference=row.text("description"),
        transaction_id=own,
        description=" ".join(
            part for part in (row.text("payment method"), row.text("consumer name")) if part
        ),
        original_amount=_amount(row, "amount") if original and original != currency else None,
        original_currency=row.currency("currency") if original and original != currency else "",
        row=row.number,
    )  # fmt: skip


def _name(row: Row, own: str, net: Decimal, names: LineIds) -> str:
    """Its number; what is taken back under the payment's number may come in any later payout."""
    reference = row.text("settlement reference")
    if not own:
        return names.of(reference, row.text("date"), row.text("description"), net)
    is_back = net < 0 and own.startswith(_PAYMENTS)
    return names.apart(f"{own}:{reference}" if is_back else own)


def _kind(row: Row, net: Decimal) -> LineKind:
    said = " ".join((row.text("payment method"), row.text("description"))).strip()
    prefix = row.text("id").partition("_")[0]
    found = _OBJECTS.get(prefix) if row.text("id") else None
    if found is None:
        found = next((kinds for word, kinds in _WORDS if word.search(said)), None)
    if found is None:
        raise unknown_row_type(said, row.number, "description")
    return found[net < 0]


def _amount(row: Row, name: str) -> Decimal:
    comma = _COMMA.fullmatch(row.text(name))
    return row.needed_amount(name, mark=Mark.COMMA if comma else Mark.POINT)
