"""Prima's invoices, credit notes and receipts in the mirror."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.prima.port import Change, ChangePage, Prima
from connectors.sync.mirrored import as_data
from connectors.sync.reference.copies import forget, keep
from integration.core.money import rounded, to_minor
from integration.mirror.models import PrimaCustomer, PrimaDocument
from integration.records.booked import Document, DocumentKind


@dataclass(slots=True)
class DocumentShelf:
    prima: Prima
    kind: DocumentKind
    name: str = ""

    def __post_init__(self) -> None:
        self.name = f"prima_{self.kind}s"

    def read(self, cursor: str) -> ChangePage[Document]:
        return self.prima.document_changes(self.kind, cursor)

    def write(self, changes: tuple[Change[Document], ...]) -> int:
        return keep(PrimaDocument, changes, _rows)

    def forget_unread(self, since: datetime) -> None:
        forget(PrimaDocument.objects.filter(kind=self.kind), since)


def _rows(records: Sequence[Document], now: datetime) -> list[PrimaDocument]:
    emails = _emails(records)
    return [_row(record, emails.get(record.account_code, ""), now) for record in records]


def _emails(records: Sequence[Document]) -> dict[str, str]:
    """The e-mail address of each account, which gateways know customers by."""
    codes = {record.account_code for record in records if record.account_code}
    return dict(
        PrimaCustomer.objects.filter(account_code__in=codes).values_list("account_code", "email")
    )


def _row(record: Document, email: str, now: datetime) -> PrimaDocument:
    minor = to_minor(rounded(record.gross, record.currency), record.currency)
    return PrimaDocument(
        prima_id=record.id,
        company=record.company,
        data=as_data(record),
        version=record.version,
        modified_at=record.modified_at,
        read_at=now,
        confirmed_at=now,
        deleted_at=None,
        kind=record.kind,
        number=record.number,
        date=record.day,
        due_date=record.due_day,
        account_code=record.account_code,
        order_number=record.order_numbers[0] if record.order_numbers else "",
        order_numbers=list(record.order_numbers),
        external_ref=record.external_ref,
        invoice_number=record.invoice_number,
        currency=record.currency,
        net=record.net,
        tax=record.tax,
        gross=record.gross,
        minor=-minor if record.kind == "credit_note" else minor,
        outstanding=record.outstanding,
        method=record.method,
        provider=record.provider,
        transaction_id=record.transaction_id,
        voucher_number=record.voucher_number,
        reason_code=record.reason_code,
        customer_email=email,
    )
