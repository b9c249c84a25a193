"""Payout lines and documents for tests of the matching: 12.34 GBP on 15 October 2026."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from integration.mirror.documents import PrimaDocument
from reconciliation.models import ExchangeRate, GatewayLine, LedgerAccount, StatementFile, Tolerance

DAY = date(2026, 10, 15)
CONTROL = "payouts_to_documents"
_numbers = count(1)


def statement() -> StatementFile:
    number = next(_numbers)
    now = timezone.now()
    return StatementFile.objects.create(
        sha256=f"{number:064}", name=f"file {number}", size=1, path="x", gateway="stripe",
        state="imported", uploaded_by_name="Fiona", uploaded_at=now, imported_at=now,
    )  # fmt: skip


def line(reference: str = "", gross: int = 1234, **changes: Any) -> GatewayLine:
    number = next(_numbers)
    fields: dict[str, Any] = {
        "file": changes.pop("file", None) or _one_file(),
        "gateway": "stripe",
        "line_id": f"L{number:06}",
        "kind": "charge",
        "gross": gross,
        "net": gross,
        "currency": "GBP",
        "booked_on": DAY,
        "reference": reference,
        **changes,
    }
    fields.setdefault("occurred_at", datetime.combine(fields["booked_on"], time(12), tzinfo=UTC))
    return GatewayLine.objects.create(**fields)


def refund(reference: str = "", gross: int = -1234, **changes: Any) -> GatewayLine:
    return line(reference, gross, **{"kind": "refund", **changes})


def document(reference: str = "", minor: int = 1234, **changes: Any) -> PrimaDocument:
    number = next(_numbers)
    kind = changes.get("kind", "invoice")
    fields: dict[str, Any] = {
        "prima_id": f"p{number}",
        "kind": kind,
        "number": f"{kind[:3].upper()}-{number:06}",
        "date": DAY,
        "currency": "GBP",
        "gross": Decimal(abs(minor)) / 100,
        "minor": minor,
        "external_ref": reference,
        "data": {},
        "read_at": timezone.now(),
        "confirmed_at": timezone.now(),
        **changes,
    }
    return PrimaDocument.objects.create(**fields)


def credit_note(reference: str = "", minor: int = -1234, **changes: Any) -> PrimaDocument:
    return document(reference, minor, **{"kind": "credit_note", **changes})


def receipt(invoice: PrimaDocument, transaction: str = "", **changes: Any) -> PrimaDocument:
    fields: dict[str, Any] = {
        "kind": "receipt",
        "invoice_number": invoice.number,
        "transaction_id": transaction,
        "currency": invoice.currency,
        **changes,
    }
    return document("", fields.pop("minor", invoice.minor), **fields)


def tolerance(absolute: int = 2, relative: str = "1", currency: str = "GBP") -> Tolerance:
    return Tolerance.objects.create(
        control=CONTROL, currency=currency, absolute=absolute, relative=Decimal(relative)
    )


def account(purpose: str, code: str = "7600", gateway: str = "") -> LedgerAccount:
    return LedgerAccount.objects.create(purpose=purpose, code=code, gateway=gateway)


def rate(value: str, base: str = "EUR", quote: str = "GBP", day: date = DAY) -> ExchangeRate:
    return ExchangeRate.objects.create(day=day, base=base, quote=quote, rate=Decimal(value))


def _one_file() -> StatementFile:
    return StatementFile.objects.first() or statement()
