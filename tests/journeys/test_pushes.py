"""Journeys push orders over HTTP: right ones, odd ones, broken ones, and ones that were polled."""

import json
import time
from typing import Any

import pytest
import requests

from connectors.sandbox.scenarios import happy_day
from connectors.sync.inbound.signature import sign
from exceptions.models import ExceptionCase
from integration.mapping.columns import COLUMNS
from integration.mirror.models import CampaignOrder, PrimaOrder
from tests.connectors.sync.desk import booked_in_prima
from tests.journeys.desk import World, assert_nothing_lost, cluster, desk, held, sync, until_settled

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def push(live_server: Any) -> Any:
    """Sends a body as a journey's custom activity does."""

    def sent(body: Any) -> int:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        moment = int(time.time())
        headers = {
            "Content-Type": "application/json",
            "X-Desk-Timestamp": str(moment),
            "X-Desk-Signature": sign("push-secret", moment, raw),
        }
        url = f"{live_server.url}/api/v1/inbound/orders"
        return requests.post(url, data=raw, headers=headers, timeout=20).status_code

    return sent


def order_of(scenario: World, place: int = 0) -> dict[str, Any]:
    """An order of the world, as a journey would push it."""
    tables = {one["key"]: one.get("rows", []) for one in scenario["sfmc"]["data_extensions"]}
    key = tables["Campaign_Order"][place]["OrderKey"]

    def part(table: str, name: str) -> list[dict[str, str]]:
        fields = {column: field for field, column in COLUMNS[name].items()}
        return [
            {fields[column]: text for column, text in row.items() if column in fields}
            for row in tables[table]
            if row["OrderKey"] == key
        ]

    parts = {
        "lines": part("Campaign_Order_Line", "line"),
        "promotions": part("Campaign_Order_Promotion", "promotion"),
    }
    for entry in [*parts["lines"], *parts["promotions"]]:
        del entry["order_key"]
    return {"order": part("Campaign_Order", "order")[0], **parts}


def test_an_order_pushed_and_polled_is_one_order(push) -> None:
    scenario = happy_day.build(orders=5)
    with desk(scenario) as sandbox:
        # given
        sync("prima_reference")
        pushed = order_of(scenario)

        # when it is pushed twice, and afterwards read with the others
        assert [push(pushed), push(pushed)] == [202, 202]
        cluster()
        sync("campaign_orders", "orders_to_prima")

        # then
        assert CampaignOrder.objects.count() == len(booked_in_prima(sandbox)) == 5
        assert held() == {}
        assert_nothing_lost(sandbox)


def test_hostile_text_arrives_as_text(push) -> None:
    scenario = happy_day.build(orders=1)
    with desk(scenario) as sandbox:
        sync("prima_reference")
        order = order_of(scenario)
        order["order"] |= {"key": "ODD-1", "first_name": "Tom <3", "last_name": "🎉 כהן"}

        assert push(order) == 202
        cluster()
        sync("orders_to_prima")

        assert held() == {}
        assert booked_in_prima(sandbox) == ["ODD-1"]


def spoilt(order: dict[str, Any], **header: Any) -> dict[str, Any]:
    return {**order, "order": {**order["order"], "key": "BAD-1", **header}}


def bad_bodies(order: dict[str, Any]) -> dict[str, Any]:
    line = order["lines"][0]
    many = [{**line, "line_no": str(number)} for number in range(1, 10_001)]
    return {
        "truncated": json.dumps(order).encode()[:-40],
        "no JSON": b"\xff\xfe\x00order",
        "no order": {"hello": "world"},
        "a list": [order],
        "lines that are none": {**spoilt(order), "lines": "three"},
        "control characters": spoilt(order, last_name="Bro\u0007wn\u001b[31m"),
        "HTML": spoilt(order, first_name="<b>Tom</b>"),
        "a null character": spoilt(order, first_name="An\u0000n"),
        "half a character": b'{"order": {"key": "BAD-1", "first_name": "\\ud83d"}, "lines": []}',
        "ten thousand lines": {**spoilt(order, line_count="10000"), "lines": many},
        "duplicate line numbers": {**spoilt(order, line_count="2"), "lines": [line, line]},
        "a negative quantity": {**spoilt(order), "lines": [{**line, "quantity": "-3"}]},
        "an absurd quantity": {**spoilt(order), "lines": [{**line, "quantity": 10**12}]},
        "no quantity at all": {**spoilt(order), "lines": [{**line, "quantity": "NaN"}]},
        "too exact an amount": spoilt(order, total_paid="12.345678"),
        "ordered long ago": spoilt(order, ordered_at="1899-01-01T00:00:00Z"),
        "ordered in the future": spoilt(order, ordered_at="2999-01-01T00:00:00Z"),
        "deep nonsense": b'{"order":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    }


def test_every_bad_push_is_a_case_in_words_and_holds_nothing_up(push) -> None:
    scenario = happy_day.build(orders=2)
    with desk(scenario) as sandbox:
        # given
        sync("prima_reference")
        order = order_of(scenario)
        bodies = bad_bodies(order)
        for number, body in enumerate(bodies.values()):
            if isinstance(body, dict) and "order" in body:
                body["order"]["key"] = f"BAD-{number}"

        # when all are pushed, and a right one after them
        answers = {name: push(body) for name, body in bodies.items()}
        assert push(order) == 202
        cluster()
        sync("orders_to_prima")
        until_settled()

        # then
        assert set(answers.values()) == {202}
        assert booked_in_prima(sandbox) == [order["order"]["key"]]
        assert len(held()) == len(bodies)
        assert CampaignOrder.objects.filter(payload={}).count() == 0
        assert PrimaOrder.objects.count() == 1
        for case in ExceptionCase.objects.all():
            told = case.occurrences.get().message
            assert told.endswith(".")
            assert "Traceback" not in told
            assert case.kind != "unexpected_failure", told
