"""Orders that move on in Prima, and what Marketing Cloud heard of them."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from connectors.sandbox.running import RunningSandbox
from connectors.sync import connections, runner
from connectors.sync.models import Connection, OrderEvent, SyncRun
from integration.mirror.models import PrimaOrder
from tests.connectors.sync.desk import at_prima

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
MILESTONES = (
    "accepted", "part-despatched", "despatched", "delivered", "cancelled", "refunded",
)  # fmt: skip


def move(sandbox: RunningSandbox, order: PrimaOrder, step: str, **wanted: Any) -> None:
    """One step inside Prima: move(box, order, "despatch", tracking="T-1")."""
    at_prima(sandbox, "POST", f"orders/{order.order_number}/{step}", **wanted)


def run(flow: str) -> SyncRun:
    done = runner.run(flow)
    assert done is not None
    return done


def listen() -> SyncRun:
    """The desk reads what became of orders and tells the customers."""
    run("prima_documents")
    return run("order_events")


def hurry() -> None:
    """Time passes until every event is due, and the log of entries shows what there is."""
    now = timezone.now()
    OrderEvent.objects.filter(state="waiting").update(not_before=now)
    OrderEvent.objects.filter(in_doubt=True).update(sending_at=LONG_AGO)
    Connection.objects.update(not_before=None, open_until=None, failures=0)


def heard(*, of: PrimaOrder | None = None) -> list[str]:
    """Milestones as rows of the entry data extension, in the order in which they were told."""
    rows = _rows()
    rows = [row for row in rows if of is None or row["orderid"] == of.order_number]
    at = dict(OrderEvent.objects.values_list("key", "sent_at"))
    rows.sort(key=lambda row: (at.get(row["eventid"]) or timezone.now(), row["eventid"]))
    return [row["milestone"] for row in rows]


def row_of(order: PrimaOrder, milestone: str) -> dict[str, Any]:
    """The one row that told it."""
    [row] = [
        row
        for row in _rows()
        if row["orderid"] == order.order_number and row["milestone"] == milestone
    ]
    return row


def entries() -> Counter[tuple[str, str]]:
    """How often each contact entered each journey of orders, by Marketing Cloud's own log."""
    client = connections.sfmc()
    try:
        return Counter(
            (milestone, entered.contact_key)
            for milestone in MILESTONES
            for entered in client.journeys.entered(f"order-{milestone}", LONG_AGO)
        )
    finally:
        client.close()


def _rows() -> list[dict[str, Any]]:
    client = connections.sfmc()
    try:
        return [
            row.columns()
            for page in client.data_extensions.read_rows("PRIMA_OrderEvent")
            for row in page.rows
        ]
    finally:
        client.close()
