"""Scenarios: loaded whole, checked, kept over a restart."""

import sqlite3
from contextlib import closing

import pytest

from connectors.sandbox.clock import Clock
from connectors.sandbox.faults import Faults
from connectors.sandbox.prima.app import PrimaApp
from connectors.sandbox.running import running
from connectors.sandbox.scenario import ScenarioRefused
from connectors.sandbox.store import Store
from tests.connectors.sandbox.prima.world import CLIENT, Client, order, scenario


def load(part, path=None):
    with closing(Store(path)) as store:
        PrimaApp(part, store, Faults(), Clock())


def test_a_restart_loses_nothing(tmp_path):
    body = order("O-1")
    with running(scenario(), data=tmp_path) as sandbox, Client(sandbox) as prima:
        number = prima.place(body).json()["order_number"]
        prima.control("PATCH", "customers/ACME01", {"phone": "kept"})
        cursor = prima.get("/customers/changes").json()["next_cursor"]

    with running(scenario(), data=tmp_path) as sandbox, Client(sandbox) as prima:
        again = prima.place(body)

        assert (again.status_code, again.json()["order_number"]) == (200, number)
        assert prima.get("/customers/by-account/ACME01").json()["phone"] == "kept"
        assert prima.get(f"/customers/changes?cursor={cursor}").json()["items"] == []
        assert prima.place(order("O-2")).json()["order_number"] == "SO-000002"


def test_a_token_survives_a_restart(tmp_path):
    asked = {"grant_type": "client_credentials", **CLIENT}
    with running(scenario(), data=tmp_path) as sandbox, Client(sandbox) as prima:
        url = f"{sandbox.base_url}/prima/oauth2/token"
        token = prima.session.post(url, json=asked, timeout=5).json()["access_token"]

    with running(scenario(), data=tmp_path) as sandbox, Client(sandbox) as prima:
        del prima.session.headers["X-Api-Key"]
        assert prima.send("GET", "/health", Authorization=f"Bearer {token}").ok


def test_a_thousand_accounts_and_five_hundred_items_load_whole(tmp_path):
    part = {
        "customers": [
            {
                "account_code": f"A{number:05d}",
                "name": f"Company {number} Ltd",
                "email": f"buyer{number}@example.com",
                "external_keys": [{"system": "sfmc", "key": f"C-{number}"}],
                "addresses": [{"lines": ["1 Road"], "postcode": "LS1 4DL", "country": "GB"}],
            }
            for number in range(1000)
        ],
        "items": [{"sku": f"SKU{number}", "description": "Thing"} for number in range(500)],
    }

    load(part, tmp_path / "prima.sqlite3")

    with sqlite3.connect(tmp_path / "prima.sqlite3") as db:
        held = dict(db.execute("SELECT resource, count(*) FROM records GROUP BY resource"))
    assert (held["customers"], held["items"]) == (1000, 500)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"customers": [{"name": "No code"}]}, "prima.customers[0] lacks account_code."),
        ({"items": [{"sku": "A", "description": "A"}] * 2}, "two records of items"),
        ({"orders": [{"external_ref": {}}]}, "prima.orders[0] lacks"),
        ({"capabilities": {"typo": 1}}, "Unknown capability 'typo'."),
        ({"orders": [order("O-1"), order("O-1")]}, "same id, external key or reference"),
    ],
)
def test_a_scenario_that_cannot_be_used_is_refused_in_words(part, said):
    with pytest.raises(ScenarioRefused) as refused:
        load(part)

    assert said in str(refused.value)


def test_orders_documents_and_consents_of_a_scenario_are_there():
    world = scenario()
    world["prima"] |= {
        "orders": [{**order("OLD-1"), "order_number": "SO-OLD", "order_status": "completed"}],
        "invoices": [{"number": "INV-OLD", "order_number": "SO-OLD", "gross": "12.00"}],
        "consents": [
            {
                "event_id": "E-1",
                "subject": {"account_code": "JANE01"},
                "channel": "sms",
                "action": "opt_out",
                "occurred_at": "2026-11-01T00:00:00Z",
            }
        ],
    }

    with running(world) as sandbox, Client(sandbox) as prima:
        old = prima.get("/sales-orders/by-external/sfmc/OLD-1").json()
        assert (old["order_number"], old["order_status"]) == ("SO-OLD", "completed")
        assert prima.get("/invoices/INV-OLD").json()["gross"] == "12.00"
        assert prima.get("/consents/by-account/JANE01").json()["items"][0]["state"] == "opted_out"
        assert prima.get("/receipts").json()["items"] == []
