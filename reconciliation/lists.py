"""What the exported lists of files, payouts, their lines and the bank hold, column by column."""

from django.db.models import QuerySet
from django.http.response import HttpResponseBase

from integration.accounts.models import User
from integration.core.money import from_minor
from integration.exports import Column, answer
from reconciliation.bookings import payouts_of
from reconciliation.importing.mappings import title_of
from reconciliation.models import BankLine, GatewayLine, Payout, StatementFile
from reconciliation.payouts import at_bank, state_of

FILES: tuple[Column[StatementFile], ...] = (
    Column("File", lambda file: file.name),
    Column("Recognised as", lambda file: title_of(file.format)),
    Column("State", lambda file: file.get_state_display()),
    Column("Why", lambda file: file.message),
    Column("Lines", lambda file: file.lines),
    Column("Known already", lambda file: file.known),
    Column("Net", lambda file: "; ".join(f"{v} {k}" for k, v in sorted(file.totals.items()))),
    Column("Company", lambda file: file.company),
    Column("Brought by", lambda file: file.uploaded_by_name),
    Column("When", lambda file: file.uploaded_at),
    Column("Imported by", lambda file: file.imported_by_name),
    Column("Imported", lambda file: file.imported_at),
    Column("SHA-256", lambda file: file.sha256),
    Column("Came in the archive", lambda file: file.packed_name),
    Column("SHA-256 of the archive", lambda file: file.packed_sha256),
)
PAYOUTS: tuple[Column[Payout], ...] = (
    Column("Payout", lambda payout: payout.payout_id),
    Column("Gateway", lambda payout: payout.gateway),
    Column("Account", lambda payout: payout.account),
    Column("Company", lambda payout: payout.company),
    Column("Paid", lambda payout: payout.paid_on),
    Column("Currency", lambda payout: payout.currency),
    Column("Lines", lambda payout: payout.line_count),
    Column(
        "Paid out",
        lambda payout: (
            None if payout.stated is None else from_minor(payout.stated, payout.currency)
        ),
    ),
    Column("Lines come to", lambda payout: from_minor(payout.computed, payout.currency)),
    Column("Matched", lambda payout: state_of(payout)[1]),
    Column("At the bank", lambda payout: at_bank(payout)[1]),
    Column("Bank reference", lambda payout: payout.bank_reference),
    Column("File", lambda payout: payout.file.name),
)
LINES: tuple[Column[GatewayLine], ...] = (
    Column("Gateway", lambda line: line.gateway),
    Column("Account", lambda line: line.account),
    Column("Payout", lambda line: line.payout.payout_id if line.payout else ""),
    Column("Row", lambda line: line.row),
    Column("Line", lambda line: line.line_id),
    Column("Kind", lambda line: line.kind),
    Column("Day", lambda line: line.booked_on),
    Column("Reference", lambda line: line.reference),
    Column("Transaction", lambda line: line.transaction_id),
    Column("E-mail", lambda line: line.customer_email, personal=True),
    Column("Description", lambda line: line.description),
    Column("Gross", lambda line: from_minor(line.gross, line.currency)),
    Column("Fee", lambda line: from_minor(line.fee, line.currency)),
    Column("VAT in the fee", lambda line: from_minor(line.fee_tax, line.currency)),
    Column("Net", lambda line: from_minor(line.net, line.currency)),
    Column("Currency", lambda line: line.currency),
    Column("Matched", lambda line: _matched(line)),
)
BANK: tuple[Column[BankLine], ...] = (
    Column("Booked", lambda booking: booking.booked_on),
    Column("Value", lambda booking: booking.value_on),
    Column("Account", lambda booking: booking.account),
    Column("Company", lambda booking: booking.company),
    Column("Statement", lambda booking: booking.statement),
    Column(
        "Text of the bank",
        lambda booking: booking.text,
        personal=lambda booking: not payouts_of(booking),
    ),
    Column("End-to-end reference", lambda booking: booking.end_to_end),
    Column("Id of the bank", lambda booking: booking.bank_ref),
    Column("Amount", lambda booking: from_minor(booking.amount, booking.currency)),
    Column("Currency", lambda booking: booking.currency),
    Column(
        "Payout", lambda booking: "; ".join(each.payout.payout_id for each in payouts_of(booking))
    ),
    Column("File", lambda booking: booking.file.name),
)


def _matched(line: GatewayLine) -> str:
    if getattr(line, "is_matched", False):
        return "yes"
    return "adjusted" if getattr(line, "is_adjusted", False) else "no"


def lines(found: QuerySet[GatewayLine], *, form: str, user: User) -> HttpResponseBase:
    return answer(found.select_related("payout"), LINES, "payout-lines", form=form, user=user)
