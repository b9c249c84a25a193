"""A bad day for stock: every kind of trouble at once, and in the end both systems say the same."""

from decimal import Decimal
from typing import Any

import pytest

from connectors.sandbox.prima.records import every
from connectors.sandbox.running import RunningSandbox
from connectors.sync import connections, runner
from connectors.sync.models import OutgoingRow, StockRequest
from exceptions.models import ExceptionCase
from integration.mirror.models import Contact, PrimaItem
from tests.connectors.sync.desk import at_prima
from tests.journeys.desk import desk, world

FLOWS = ("prima_reference", "contacts", "prima_stock", "products_to_sfmc", "back_in_stock")
TROUBLES = (
    {"kind": "throttle", "path": "availability", "seconds": 0.1},
    {"kind": "late_changes", "path": "availability", "after": 1},
    {"kind": "duplicate_changes", "path": "availability"},
    {"kind": "expired_token", "path": "async"},
    {"kind": "throttle", "path": "async/dataextensions", "seconds": 0.1, "after": 1},
    {"kind": "deadlock_row", "row": 2},
    {"kind": "server_error", "path": "async/.*/status"},
    {"kind": "slow", "path": "async/.*/status", "seconds": 1, "after": 1},
    {"kind": "wrong_shape", "path": "async/.*/results"},
    {"kind": "reset", "path": "async/events$", "when": "after"},
)


def at_sfmc() -> dict[str, tuple[str, Decimal | None]]:
    client = connections.sfmc()
    try:
        pages = list(client.data_extensions.read_rows("PRIMA_Product"))
    finally:
        client.close()
    return {
        str(row.keys["sku"]): (
            str(row.values["stockstatus"]),
            Decimal(text) if (text := row.values["stockqty"]) else None,
        )
        for page in pages
        for row in page.rows
    }


def counted_at_prima(sandbox: RunningSandbox) -> dict[str, Decimal]:
    prima: Any = sandbox.server.front.apps["prima"]
    company = prima._prima.companies["main"]
    with company.store.read() as db:
        rows = every(db, company.at("availability"))
        return {one["sku_key"]: Decimal(one["free_stock"]) for one in rows}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_both_systems_agree_after_a_bad_day_and_nobody_is_told_twice() -> None:
    told = world(right=2, wrong=0)
    told["sfmc"]["async_seconds"] = 0.05
    with desk(told) as sandbox:
        for trouble in TROUBLES:
            sandbox.fault(**trouble)
        for _ in range(3):
            for flow in FLOWS:
                runner.run(flow, started_by="a test")
        at_prima(sandbox, "PUT", "availability/SET-001", free_stock="4")
        sandbox.clear_faults()
        for _ in range(2):
            OutgoingRow.objects.update(not_before="2020-01-01T00:00:00Z")
            for flow in FLOWS:
                assert runner.run(flow, started_by="a test") is not None

        counted, there = counted_at_prima(sandbox), at_sfmc()
        sold = PrimaItem.objects.filter(status="active", kind__in=["stock", "kit"])
        for key in sold.values_list("sku_key", flat=True):
            wanted = ("known", counted[key]) if key in counted else ("unknown", None)
            assert there[key] == wanted, key
        app: Any = sandbox.server.front.apps["sfmc"]
        with app.cloud.store.read() as db:
            entered = [row["contact"] for row in db.execute("SELECT contact FROM entries")]
        # Who had unsubscribed is told nothing.
        silent = set(Contact.objects.filter(status="Unsubscribed").values_list("key", flat=True))
        asked = StockRequest.objects.values_list("contact_key", "state", "why")
        told_of = [contact for contact, _, _ in asked if contact not in silent]
        left_out = {told[1:] for told in asked if told[0] in silent}
        assert sorted(entered) == sorted(told_of)
        assert {state for contact, state, _ in asked if contact not in silent} == {"sent"}
        assert left_out == {("left_out", "Unsubscribed in Marketing Cloud.")}
        assert not ExceptionCase.objects.filter(open_count__gt=0).exists()
