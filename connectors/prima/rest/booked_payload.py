"""Orders as they stand, invoices, credit notes and receipts, from Prima's REST contract."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connectors.prima.rest.reading import (
    day_or_none,
    decimal,
    decimal_or_none,
    moment_or_none,
    text,
)
from integration.records.booked import (
    BookedCharge,
    BookedLine,
    BookedOrder,
    Document,
    DocumentKind,
)

Payload = Mapping[str, Any]


def booked_order_from(payload: Payload) -> BookedOrder:
    """Raises KeyError, TypeError or ValueError for what is no order."""
    totals, reference = payload["totals"], payload.get("external_ref") or {}
    net = decimal(totals, "goods_net") + decimal(totals, "charges_net")
    return BookedOrder(
        id=text(payload, "id", needed=True),
        order_number=text(payload, "order_number", needed=True),
        currency=text(payload, "currency", needed=True),
        net=net,
        tax=decimal(totals, "tax_total"),
        gross=decimal(totals, "gross"),
        company=text(payload, "company") or "main",
        external_system=text(reference, "system"),
        external_ref=text(reference, "ref"),
        account_code=text(payload.get("customer") or {}, "account_code"),
        order_date=day_or_none(payload, "order_date"),
        discount=decimal_or_none(totals, "discount_total") or Decimal(0),
        lines=tuple(_line(line) for line in payload.get("lines") or ()),
        charges=tuple(_charge(charge) for charge in payload.get("charges") or ()),
        order_status=text(payload, "order_status"),
        fulfilment_status=text(payload, "fulfilment_status"),
        invoice_status=text(payload, "invoice_status"),
        payment_status=text(payload, "payment_status"),
        status_changed_at=moment_or_none(payload, "status_changed_at"),
        modified_at=moment_or_none(payload, "modified_at"),
        version=text(payload, "version"),
    )


def document_from(kind: DocumentKind, payload: Payload) -> Document:
    """Raises KeyError, TypeError or ValueError for what is no such document."""
    day = day_or_none(payload, "date")
    if day is None:
        raise ValueError("date is missing.")
    gross = decimal(payload, "amount" if kind == "receipt" else "gross")
    return Document(
        id=text(payload, "id", needed=True),
        kind=kind,
        number=text(payload, "number", needed=True),
        day=day,
        currency=text(payload, "currency", needed=True),
        gross=gross,
        net=decimal_or_none(payload, "net") or Decimal(0),
        tax=decimal_or_none(payload, "tax") or Decimal(0),
        company=text(payload, "company") or "main",
        due_day=day_or_none(payload, "due_date"),
        account_code=text(payload, "account_code"),
        order_numbers=order_numbers_of(payload),
        external_ref=text(payload.get("external_ref") or {}, "ref"),
        invoice_number=text(payload, "invoice_number"),
        outstanding=decimal_or_none(payload, "outstanding"),
        lines=tuple(_line(line) for line in payload.get("lines") or ()),
        charges=tuple(_charge(charge) for charge in payload.get("charges") or ()),
        method=text(payload, "method"),
        provider=text(payload, "provider"),
        transaction_id=text(payload, "transaction_id"),
        voucher_number=text(payload, "voucher_number"),
        reason_code=text(payload, "reason_code"),
        modified_at=moment_or_none(payload, "modified_at"),
        version=text(payload, "version"),
    )


def order_numbers_of(payload: Payload) -> tuple[str, ...]:
    """The one order of the document, or the several that it covers."""
    several = payload.get("order_numbers") or ()
    one = text(payload, "order_number")
    return tuple(dict.fromkeys([*([one] if one else []), *[str(number) for number in several]]))


def _line(payload: Payload) -> BookedLine:
    return BookedLine(
        line_ref=text(payload, "line_ref", needed=True),
        sku=text(payload, "sku_key") or text(payload, "sku"),
        quantity=decimal(payload, "quantity"),
        net=decimal(payload, "net_amount"),
        tax=decimal(payload, "tax_amount"),
        tax_code=text(payload, "tax_code"),
        description=text(payload, "description"),
        shipped=decimal_or_none(payload, "shipped_qty") or Decimal(0),
    )


def _charge(payload: Payload) -> BookedCharge:
    return BookedCharge(
        code=text(payload, "code", needed=True),
        net=decimal(payload, "net_amount"),
        tax=decimal(payload, "tax_amount"),
    )
