"""Stripe's payouts as rows: what was paid and when, without the lines."""

from collections.abc import Iterator
from typing import BinaryIO, ClassVar

from connectors.gateways.delimited import table
from connectors.gateways.footing import Tally
from connectors.gateways.gateway import Event, Format
from connectors.gateways.problems import unknown_row_type
from connectors.gateways.row import Row
from connectors.gateways.stripe_kinds import digits
from integration.records.payout import Footing

_NEEDED = frozenset(["id", "amount", "arrival date", "currency", "status", "method", "type"])
_STATES = frozenset(["paid", "in transit", "pending", "failed", "canceled", "cancelled"])
_GONE = frozenset(["failed", "canceled", "cancelled"])


class StripePayouts(Format):
    """Payouts only. One that failed or was cancelled moved no money and is left out."""

    slug = "stripe_payouts"
    title = "Stripe, payouts"
    gateway = "stripe"
    columns: ClassVar = (
        _NEEDED,
        frozenset(["id", "amount", "arrival date utc", "currency", "status", "method", "type"]),
    )

    def read(self, stream: BinaryIO) -> Iterator[Event]:
        tally = Tally(self.gateway)
        for row in table(stream, _NEEDED - {"arrival date"}):
            self._take(row, tally)
        yield from tally.close(
            Footing.NO_TOTALS, "This format lists payouts without their lines and states no totals."
        )

    def _take(self, row: Row, tally: Tally) -> None:
        state = row.text("status").replace("_", " ").casefold()
        if state not in _STATES:
            raise unknown_row_type(state, row.number, "status")
        currency = row.currency("currency")
        if row.has("arrival date utc"):
            amount = row.needed_amount("amount")
        else:
            amount = row.needed_minor("amount", currency=currency, digits=digits(currency))
        if state in _GONE:
            tally.remark(f"Payout {row.text('id')} is {state}; no money moved.")
            return
        tally.state(
            row.text("id"), currency, amount,
            paid_on=row.day("arrival date", "arrival date utc"),
            bank_reference=_reference(row),
            account=row.text("connected account id"),
        )  # fmt: skip


def _reference(row: Row) -> str:
    """The bank's trace, or a descriptor of this payout. Words alone stand on every payout."""
    said = row.text("trace id", "trace id value")
    descriptor = row.text("statement descriptor")
    return said or (descriptor if any(map(str.isdigit, descriptor)) else "")
