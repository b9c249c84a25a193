"""Prima's parcels in the mirror."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.prima.port import Change, ChangePage, Prima
from connectors.sync.mirrored import as_data
from connectors.sync.order_events.noting import note
from connectors.sync.reference.copies import forget, keep
from integration.mirror.models import Shipment
from integration.records.shipment import Shipment as Record


@dataclass(slots=True)
class ShipmentShelf:
    prima: Prima
    name: str = "prima_shipments"

    def read(self, cursor: str) -> ChangePage[Record]:
        return self.prima.shipment_changes(cursor)

    def write(self, changes: tuple[Change[Record], ...]) -> int:
        news = keep(Shipment, changes, _rows)
        note(
            number for change in changes if change.record for number in change.record.order_numbers
        )
        return news

    def forget_unread(self, since: datetime) -> None:
        forget(Shipment.objects, since)


def _rows(records: Sequence[Record], now: datetime) -> list[Shipment]:
    return [_row(record, now) for record in records]


def _row(record: Record, now: datetime) -> Shipment:
    return Shipment(
        prima_id=record.id,
        company=record.company,
        data=as_data(record),
        version=record.version,
        modified_at=record.modified_at,
        read_at=now,
        confirmed_at=now,
        deleted_at=None,
        number=record.number,
        order_numbers=list(record.order_numbers),
        carrier=record.carrier,
        service=record.service,
        tracking=record.tracking,
        despatched_at=record.despatched_at,
        delivered_at=record.delivered_at,
    )
