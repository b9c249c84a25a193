"""Adds up the lines of a file and holds the sums against what the file states."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from connectors.gateways.amounts import fits
from connectors.gateways.problems import Code, FileProblem, does_not_foot
from integration.records.payout import Footed, Footing, LineKind, Payout, PayoutLine, Total

_ZERO_SUM = ("it pays out", "its other lines come to")
ZERO = Decimal(0)
NO_TOTALS = "This format states no totals: hold its payouts against the bank statement."


@dataclass(slots=True)
class _Account:
    """One payout in one currency. `moved` leaves out what was paid: that is `paid`, in `payings` rows."""

    lines: int = 0
    payings: int = 0
    moved: Decimal = ZERO
    paid: Decimal = ZERO
    stated: Decimal | None = None
    paid_on: date | None = None
    bank_reference: str = ""
    account: str = ""


@dataclass(slots=True)
class _Sums:
    lines: int = 0
    gross: Decimal = ZERO
    fee: Decimal = ZERO
    net: Decimal = ZERO


@dataclass
class Tally:
    """What a reader adds its lines to.

    With `zero_sum` every payout's lines, the paying out included, must come to nothing.
    """

    gateway: str
    zero_sum: bool = False
    _payouts: dict[tuple[str, str], _Account] = field(default_factory=dict)
    _sums: dict[str, _Sums] = field(default_factory=dict)
    _remarks: list[str] = field(default_factory=list)

    def add(self, line: PayoutLine) -> PayoutLine:
        """Counts the line. Raises FileProblem when the line itself does not add up."""
        if line.net != line.gross - line.fee:
            raise does_not_foot(
                "Gross less fee", line.net, line.gross - line.fee,
                currency=line.currency, row=line.row,
            )  # fmt: skip
        self._fits(line)
        sums = self._sums.setdefault(line.currency, _Sums())
        sums.lines += 1
        sums.gross += line.gross
        sums.fee += line.fee
        sums.net += line.net
        if line.payout_id:
            self._in_payout(line)
        return line

    def _fits(self, line: PayoutLine) -> None:
        if fits(line.gross, line.currency) and fits(line.net, line.currency):
            return
        wrong = line.net if fits(line.gross, line.currency) else line.gross
        raise FileProblem(
            Code.BAD_AMOUNT,
            f"“{wrong}” has more decimals than {line.currency} has.",
            line.row,
            value=str(wrong),
        )

    def _in_payout(self, line: PayoutLine) -> None:
        payout = self._payouts.setdefault((line.payout_id, line.currency), _Account())
        payout.account = payout.account or line.account
        if line.kind is LineKind.PAYOUT:
            payout.payings += 1
            payout.paid += line.net
            payout.stated = -payout.paid
            payout.paid_on = line.booked_on
        else:
            payout.lines += 1
            payout.moved += line.net
            payout.paid_on = payout.paid_on or line.available_on

    def state(
        self, payout_id: str, currency: str, amount: Decimal, *,
        paid_on: date | None = None, bank_reference: str = "", account: str = "",
    ) -> None:  # fmt: skip
        """The file says elsewhere than in a line what was paid."""
        payout = self._payouts.setdefault((payout_id, currency), _Account())
        payout.stated = amount
        payout.paid_on = paid_on or payout.paid_on
        payout.bank_reference = bank_reference or payout.bank_reference
        payout.account = account or payout.account

    def remark(self, sentence: str) -> None:
        if sentence not in self._remarks:
            self._remarks.append(sentence)

    def close(
        self, footing: Footing | None = None, sentence: str = ""
    ) -> Iterator[Payout | Footed]:
        """The payouts, then how it all adds up. Raises FileProblem when it does not.

        `footing` and `sentence` are the reader's own finding, where payouts alone prove nothing.
        """
        if not self._sums and not self._payouts:
            told = " ".join(self._remarks) or "The report has no rows."
            raise FileProblem(Code.EMPTY, f"{told} There is nothing to import.")
        found, told = self._finding()
        footed = self.footed(footing or found, sentence or told)
        for (payout_id, currency), payout in self._payouts.items():
            self._check(payout_id, currency, payout, footed)
        for (payout_id, currency), payout in self._payouts.items():
            yield Payout(
                payout_id=payout_id, gateway=self.gateway, currency=currency,
                account=payout.account, paid_on=payout.paid_on,
                stated=ZERO - payout.paid if self.zero_sum else payout.stated,
                computed=payout.moved if payout.lines else None, lines=payout.lines,
                bank_reference=payout.bank_reference,
            )  # fmt: skip
        yield footed

    def footed(self, footing: Footing, sentence: str) -> Footed:
        return Footed(
            footing=footing,
            sentence=sentence,
            totals=tuple(
                Total(currency, sums.lines, sums.gross, sums.fee, sums.net)
                for currency, sums in sorted(self._sums.items())
            ),
            payouts=len(self._payouts),
            remarks=tuple(self._remarks),
        )

    def _check(self, payout_id: str, currency: str, payout: _Account, footed: Footed) -> None:
        stated = ZERO - payout.paid if self.zero_sum else payout.stated
        if stated is None or (not payout.lines and not self.zero_sum):
            return
        if stated != payout.moved:
            problem = does_not_foot(
                f"Payout {payout_id}",
                stated,
                payout.moved,
                currency=currency,
                told=_ZERO_SUM if self.zero_sum else ("the file states", "its lines come to"),
            )
            problem.footed = footed
            raise problem

    def _finding(self) -> tuple[Footing, str]:
        proved = sum(1 for one in self._payouts.values() if self._proved(one))
        inside = sum(one.lines + one.payings for one in self._payouts.values() if self._proved(one))
        outside = sum(sums.lines for sums in self._sums.values()) - inside
        if proved and proved == len(self._payouts) and not outside:
            return Footing.FOOTS, "The lines of every payout come to what was paid."
        if proved:
            return (
                Footing.NO_TOTALS,
                (
                    f"{proved} of {len(self._payouts)} payouts come to what was paid; for the other "
                    "lines the file states no total."
                ),
            )
        return Footing.NO_TOTALS, NO_TOTALS

    def _proved(self, payout: _Account) -> bool:
        return self.zero_sum or (payout.stated is not None and payout.lines > 0)
