"""Adyen's settlement detail report, as text or workbook: columns by name, a batch comes to zero."""

from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO, ClassVar

from connectors.gateways.delimited import table
from connectors.gateways.footing import ZERO, Tally
from connectors.gateways.gateway import Event, Format
from connectors.gateways.line_ids import LineIds
from connectors.gateways.problems import does_not_foot
from connectors.gateways.row import Row
from integration.records.payout import Footing, LineKind, PayoutLine

_NEEDED = frozenset(
    ["company account", "merchant account", "psp reference", "type", "gross currency",
     "gross debit gc", "gross credit gc", "timezone", "batch number"]
)  # fmt: skip
_KINDS = {
    "settled": LineKind.CHARGE,
    "settledbulk": LineKind.CHARGE,
    "settledinstallment": LineKind.CHARGE,
    "settledreversed": LineKind.REFUND,
    "settledexternally": LineKind.OTHER,
    "refunded": LineKind.REFUND,
    "refundedbulk": LineKind.REFUND,
    "refundedreversed": LineKind.REFUND,
    "refundedexternally": LineKind.OTHER,
    "refundedinstallment": LineKind.REFUND,
    "refundfailed": LineKind.REFUND,
    "capturefailed": LineKind.REFUND,
    "suspendinstallment": LineKind.ADJUSTMENT,
    "manualrefund": LineKind.REFUND,
    "manualsettlement": LineKind.CHARGE,
    "chargeback": LineKind.CHARGEBACK,
    "chargebackexternally": LineKind.CHARGEBACK,
    "secondchargeback": LineKind.CHARGEBACK,
    "chargebackreversed": LineKind.CHARGEBACK_REVERSAL,
    "chargebackreversedexternally": LineKind.CHARGEBACK_REVERSAL,
    "secondchargebackreversed": LineKind.CHARGEBACK_REVERSAL,
    "fee": LineKind.FEE,
    "misccosts": LineKind.FEE,
    "invoicededuction": LineKind.FEE,
    "acquirerfee": LineKind.FEE,
    "paymentcost": LineKind.FEE,
    "settlecost": LineKind.FEE,
    "authorisationschemefee": LineKind.FEE,
    "balancetransfer": LineKind.TRANSFER,
    "internaltransfer": LineKind.TRANSFER,
    "merchantpayin": LineKind.TRANSFER,
    "internalcompanypayin": LineKind.TRANSFER,
    "internalcompanypayout": LineKind.TRANSFER,
    "paidout": LineKind.OTHER,
    "paidoutreversed": LineKind.OTHER,
    "bppaidout": LineKind.OTHER,
    "epapaid": LineKind.OTHER,
    "merchantpayout": LineKind.PAYOUT,
    "merchantpayoutreversed": LineKind.PAYOUT,
    "depositcorrection": LineKind.ADJUSTMENT,
    "manualcorrection": LineKind.ADJUSTMENT,
    "manuallycorrected": LineKind.ADJUSTMENT,
    "manualcorrected": LineKind.ADJUSTMENT,
    "matchedstatement": LineKind.ADJUSTMENT,
    "bankinstructionreturned": LineKind.ADJUSTMENT,
    "reserveadjustment": LineKind.RESERVE,
    "rollingreserve": LineKind.RESERVE,
    "advancement": LineKind.OTHER,
    "advancementcommission": LineKind.FEE,
}
_FEES = ("commission nc", "markup nc", "scheme fees nc", "interchange nc")
_PENNY = Decimal("0.01")


class AdyenSettlementDetail(Format):
    """Fees are a commission, or markup, scheme fees and interchange; both add up the same way.

    A report set up without the net columns states no totals, and says nothing on what its transfer
    and fee rows moved: these are counted in a remark.
    """

    slug = "adyen_settlement_detail"
    title = "Adyen, settlement detail"
    gateway = "adyen"
    columns: ClassVar = (_NEEDED, _NEEDED | {"net debit nc", "net credit nc"})

    def read(self, stream: BinaryIO) -> Iterator[Event]:
        tally, names = Tally(self.gateway, zero_sum=True), LineIds()
        proves, silent = True, 0
        for row in table(stream, _NEEDED):
            if not row.has("net debit nc", "net credit nc"):
                proves = tally.zero_sum = False
                if not row.text("gross debit gc", "gross credit gc"):
                    silent += 1
                    continue
            yield tally.add(_line(row, names))
        if proves:
            yield from tally.close(
                Footing.FOOTS, "Every batch, its payouts and transfers included, comes to nothing."
            )
            return
        if silent:
            tally.remark(f"{silent} rows (fees, transfers) state no amount and were left out.")
        yield from tally.close(
            Footing.NO_TOTALS,
            "The report was set up without its net columns, so a batch cannot be added up. Add "
            "“Net Debit (NC)” and “Net Credit (NC)” to the report, or hold it against the bank.",
        )


def _line(row: Row, names: LineIds) -> PayoutLine:
    kind = row.kind(_KINDS, "type")
    original = row.amount("gross credit gc") - row.amount("gross debit gc")
    rate = row.amount("exchange rate") or Decimal(1)
    has_net = row.has("net debit nc", "net credit nc")
    currency = row.currency("net currency") if has_net else row.currency("gross currency")
    gross_currency = row.currency("gross currency") if row.text("gross currency") else ""
    fee = sum((row.amount(name) for name in _FEES), ZERO)
    if has_net:
        net = row.amount("net credit nc") - row.amount("net debit nc")
        fee = _checked(row, original, rate, fee, net)
    else:
        net = original - fee
    psp, modification = row.text("psp reference"), row.text("modification reference")
    return PayoutLine(
        line_id=names.of(
            row.text("batch number"), row.text("type"), psp, modification,
            row.text("modification merchant reference"), row.text("creation date"), net,
        ),
        gateway="adyen",
        account=row.text("merchant account"),
        payout_id=row.text("batch number"),
        kind=kind,
        currency=currency,
        gross=net + fee,
        fee=fee,
        net=net,
        occurred_at=row.moment("creation date", zone=row.zone("timezone")),
        available_on=row.day("booking date"),
        reference=row.text("merchant reference", "merchant order reference"),
        transaction_id=modification if psp and modification else psp,
        parent_transaction_id=psp if modification and modification != psp else "",
        description=row.text("modification merchant reference")
        or ("" if psp else modification),
        original_amount=original if gross_currency else None,
        original_currency=gross_currency,
        rate=rate if gross_currency else None,
        row=row.number,
    )  # fmt: skip


def _checked(row: Row, original: Decimal, rate: Decimal, fee: Decimal, net: Decimal) -> Decimal:
    """The fees with which gross at the rate is net: some accounts are charged payment fees, too.

    A rate is rounded, so a converted row has some room.
    """
    if not original:
        return fee
    same = row.text("gross currency") == row.text("net currency")
    room = ZERO if same and rate == 1 else _PENNY + abs(original) * _step(rate)
    for one in (fee, fee + row.amount("payment fees nc")):
        if abs(original * rate - one - net) <= room:
            return one
    raise does_not_foot(
        "Gross at its rate less fees", net, original * rate - fee,
        currency=row.text("net currency"), row=row.number,
    )  # fmt: skip


def _step(rate: Decimal) -> Decimal:
    exponent = rate.as_tuple().exponent
    return Decimal(1).scaleb(exponent) if isinstance(exponent, int) else ZERO
