"""Both sides of the controls for tests: orders sent, orders and documents of Prima, payouts, bank."""

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from connectors.sync.models import Cursor, SyncItem
from integration.mirror.models import BookedOrder, CampaignOrder, PrimaDocument, PrimaOrder
from reconciliation import running
from reconciliation.control import controls
from reconciliation.models import BankLine, GatewayLine, Payout, StatementFile

DAY = date(2026, 10, 15)
NOON = datetime(2026, 10, 15, 12, tzinfo=UTC)
LINE = {"line_ref": "1", "sku": "BOOT", "quantity": "2", "net": "80.00", "tax": "16.00"}
CARRIAGE = {"code": "POST", "net": "4.00", "tax": "0.80"}


def sent(key: str, number: str, gross: str = "100.80", **changes: Any) -> PrimaOrder:
    """A campaign order of two boots that was sent, and its item."""
    order = CampaignOrder.objects.create(
        key=key,
        payload={},
        content_hash=key,
        campaign="AUTUMN",
        currency="GBP",
        total_paid=Decimal(gross),
        ordered_at=NOON,
        first_seen_at=NOON,
        last_seen_at=NOON,
    )
    SyncItem.objects.create(
        flow="orders_to_prima", external_id=key, state="sent", created_at=NOON, changed_at=NOON
    )
    payload = {
        "order_date": DAY.isoformat(),
        "lines": [{"line_ref": "1", "sku": "BOOT", "quantity": "2"}],
        "totals": {
            "goods_net": "80.00",
            "charges_net": "4.00",
            "discount_total": "0.00",
            "tax_total": "16.80",
        },
    }
    fields: dict[str, Any] = {
        "prima_id": f"id-{number}",
        "order_number": number,
        "account_code": "ACME",
        "currency": "GBP",
        "gross": Decimal(gross),
        "order_status": "accepted",
        "payload": payload,
        "created_at": NOON,
        **changes,
    }
    return PrimaOrder.objects.create(campaign_order=order, **fields)


def prima_was_read(at: datetime = datetime(2026, 11, 20, tzinfo=UTC)) -> None:
    Cursor.objects.update_or_create(flow="prima_orders", defaults={"moved_at": at})


def booked(number: str, key: str = "", **changes: Any) -> BookedOrder:
    """The order as Prima holds it: 84.00 net, 16.80 tax, 100.80 in all."""
    fields: dict[str, Any] = {
        "prima_id": f"id-{number}",
        "order_number": number,
        "external_system": "sfmc" if key else "",
        "external_ref": key,
        "account_code": "ACME",
        "order_date": DAY,
        "currency": "GBP",
        "net": Decimal("84.00"),
        "tax": Decimal("16.80"),
        "gross": Decimal("100.80"),
        "charges": Decimal("4.00"),
        "line_count": 1,
        "order_status": "accepted",
        "invoice_status": "none",
        "data": {"lines": [LINE], "charges": [CARRIAGE]},
        "read_at": NOON,
        "confirmed_at": NOON,
        **changes,
    }
    return BookedOrder.objects.create(**fields)


def document(number: str, *orders: str, gross: str = "100.80", **changes: Any) -> PrimaDocument:
    """An invoice of the whole order unless told otherwise."""
    minor = int(Decimal(gross) * 100)
    fields: dict[str, Any] = {
        "prima_id": f"id-{number}",
        "kind": "invoice",
        "number": number,
        "date": DAY,
        "order_number": orders[0] if orders else "",
        "order_numbers": list(orders),
        "currency": "GBP",
        "gross": Decimal(gross),
        "minor": -minor if changes.get("kind") == "credit_note" else minor,
        "data": {"lines": [LINE], "charges": [CARRIAGE]},
        "read_at": NOON,
        "confirmed_at": NOON,
        **changes,
    }
    return PrimaDocument.objects.create(**fields)


def statement(name: str = "payout.csv") -> StatementFile:
    return StatementFile.objects.create(
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        name=name,
        size=1,
        path=name,
        state="imported",
        uploaded_by_name="Fiona",
        uploaded_at=NOON,
        imported_at=NOON,
    )


def payout(file: StatementFile, payout_id: str, amount: int, **changes: Any) -> Payout:
    fields: dict[str, Any] = {
        "gateway": "stripe",
        "payout_id": payout_id,
        "currency": "GBP",
        "paid_on": DAY,
        "stated": amount,
        "computed": amount,
        **changes,
    }
    return Payout.objects.create(file=file, **fields)


def line(file: StatementFile, line_id: str, gross: int, **changes: Any) -> GatewayLine:
    fields: dict[str, Any] = {
        "gateway": "stripe",
        "line_id": line_id,
        "kind": "charge",
        "gross": gross,
        "net": gross,
        "currency": "GBP",
        "occurred_at": NOON,
        "booked_on": DAY,
        **changes,
    }
    return GatewayLine.objects.create(file=file, **fields)


def booking(file: StatementFile, line_id: str, amount: int, **changes: Any) -> BankLine:
    fields: dict[str, Any] = {
        "account": "GB00BANK",
        "line_id": line_id,
        "amount": amount,
        "currency": "GBP",
        "booked_on": DAY,
        **changes,
    }
    return BankLine.objects.create(file=file, **fields)


def world() -> None:
    """One order that agrees, one whose total does not, two lines without a match."""
    prima_was_read()
    sent("CO-1", "SO-1")
    booked("SO-1", "CO-1")
    sent("CO-2", "SO-2")
    booked("SO-2", "CO-2", gross=Decimal("90.00"), tax=Decimal("6.00"))
    file = statement()
    line(file, "ch_1", 10000, customer_email="a@acme.example")
    line(file, "ch_2", 500)
    document("INV-1", "SO-1", customer_email="a@acme.example")
    document("INV-9", "SO-9", customer_email="a@acme.example", gross="33.00")
    for control in controls().values():
        running.run(control)
