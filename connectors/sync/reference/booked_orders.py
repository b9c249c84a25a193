"""Prima's orders in the mirror, as they stand now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.prima.port import Change, ChangePage, Prima
from connectors.sync.mirrored import as_data
from connectors.sync.order_events.noting import note
from connectors.sync.reference.copies import forget, keep
from integration.mirror.models import BookedOrder
from integration.records.booked import BookedOrder as Record


@dataclass(slots=True)
class BookedOrderShelf:
    prima: Prima
    name: str = "prima_orders"

    def read(self, cursor: str) -> ChangePage[Record]:
        return self.prima.order_changes(cursor)

    def write(self, changes: tuple[Change[Record], ...]) -> int:
        news = keep(BookedOrder, changes, _rows)
        note(change.record.order_number for change in changes if change.record)
        return news

    def forget_unread(self, since: datetime) -> None:
        forget(BookedOrder.objects, since)


def _rows(records: Sequence[Record], now: datetime) -> list[BookedOrder]:
    return [_row(record, now) for record in records]


def _row(record: Record, now: datetime) -> BookedOrder:
    return BookedOrder(
        prima_id=record.id,
        company=record.company,
        data=as_data(record),
        version=record.version,
        modified_at=record.modified_at,
        read_at=now,
        confirmed_at=now,
        deleted_at=None,
        order_number=record.order_number,
        external_system=record.external_system,
        external_ref=record.external_ref,
        account_code=record.account_code,
        order_date=record.order_date,
        currency=record.currency,
        net=record.net,
        tax=record.tax,
        gross=record.gross,
        discount=record.discount,
        charges=sum(charge.net for charge in record.charges),
        line_count=len(record.lines),
        order_status=record.order_status,
        fulfilment_status=record.fulfilment_status,
        invoice_status=record.invoice_status,
        payment_status=record.payment_status,
    )
