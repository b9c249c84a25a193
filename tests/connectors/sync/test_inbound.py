"""Journeys push orders: signed, kept as they came, answered at once."""

import json
import time
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django_q.models import OrmQ

from connectors.sync.inbound import taking
from connectors.sync.inbound.signature import BadSignature, checked, sign
from connectors.sync.models import Connection, Inbound, SyncItem
from exceptions.models import Occurrence
from integration.mirror.models import CampaignOrder

PATH = "/api/v1/inbound/orders"
ORDER: dict[str, Any] = {
    "order": {"key": "W-1", "email": "a@b.example", "total_paid": 12.50, "line_count": 1},
    "lines": [{"line_no": "1", "sku": "MUG", "quantity": 1, "unit_price": 12.50}],
}


@pytest.fixture(autouse=True)
def pushes_are_set_up(db: None) -> None:
    cache.clear()
    Connection.objects.create(
        system="sfmc", base_url="https://x.example/", client_id="c", inbound_secret="s3cret"
    )


def push(body: Any, *, at: int | None = None, secret: str = "s3cret", **headers: str) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    moment = int(time.time()) if at is None else at
    signed = {
        "X-Desk-Timestamp": str(moment),
        "X-Desk-Signature": sign(secret, moment, raw),
        **headers,
    }
    return Client(enforce_csrf_checks=True).post(
        PATH, raw, content_type="application/json", headers=signed
    )


def test_a_signed_order_is_kept_answered_and_then_taken_in():
    # when
    answer = push(ORDER)

    # then
    row = Inbound.objects.get()
    assert (answer.status_code, answer.json()) == (202, {"status": "accepted", "id": row.pk})
    assert (json.loads(row.body), row.processed_at) == (ORDER, None)
    assert OrmQ.objects.count() == 1

    # when
    assert taking.take_all() == 1

    # then
    order = CampaignOrder.objects.get()
    assert (order.key, order.via, str(order.total_paid)) == ("W-1", "push", "12.5000")
    assert order.payload["lines"][0]["unit_price"] == "12.5"
    assert SyncItem.objects.get().state == "waiting"
    row.refresh_from_db()
    assert (row.order_key, row.outcome) == ("W-1", "1 order")
    assert taking.take_all() == 0


def test_the_same_push_again_is_answered_the_same_and_kept_once():
    now = int(time.time())
    first, second = push(ORDER, at=now), push(ORDER, at=now)
    assert first.json() == second.json()
    assert Inbound.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"secret": "guess"}, "The signature does not fit."),
        ({"X-Desk-Signature": ""}, "The signature is missing or cannot be read."),
        ({"X-Desk-Signature": "zz" * 32}, "The signature is missing or cannot be read."),
        ({"X-Desk-Timestamp": "soon"}, "The signature is missing or cannot be read."),
        ({"X-Desk-Timestamp": "1"}, "The signature does not fit."),
        ({"at": 1_700_000_000}, "The timestamp is too far from now."),
    ],
)
def test_a_push_that_is_not_rightly_signed_is_refused_and_nothing_kept(changed, why):
    answer = push(ORDER, **changed)
    assert (answer.status_code, answer.json()) == (401, {"detail": why})
    assert not Inbound.objects.exists()


def test_no_secret_means_no_pushes_not_open_doors():
    Connection.objects.update(inbound_secret="")
    assert push(ORDER, secret="").status_code == 401
    with pytest.raises(BadSignature):
        checked("", "1", sign("", 1, b""), b"", window=1, now=None)  # type: ignore[arg-type]


def test_a_push_that_is_too_large_is_refused():
    answer = push(b'{"x":"' + b"a" * (2 * 1024 * 1024) + b'"}')
    assert answer.status_code == 413
    assert not Inbound.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b'{"order": {"key": "W-1", "lin',
        b"",
        b"\xff\xfe",
        b"[1, 2]",
        b"null",
        b'{"orders": 3}',
        b'{"order": "W-1"}',
        b"[" * 100_000,
    ],
)
def test_what_cannot_be_read_is_kept_as_it_came_and_becomes_a_case(body: bytes):
    # when
    assert push(body).status_code == 202
    taking.take_all()

    # then
    row, order = Inbound.objects.get(), CampaignOrder.objects.get()
    occurrence = Occurrence.objects.get()
    assert occurrence.case.kind == "unreadable_order"
    assert occurrence.external_id == order.key == f"push {row.pk}"
    assert order.payload["body"] == row.body
    assert SyncItem.objects.get().state == "held"


def test_a_batch_with_one_bad_order_is_not_held_up_by_it():
    # when
    second = {**ORDER, "order": {**ORDER["order"], "key": "W-2"}}
    push({"orders": [ORDER, "nonsense", second]})
    taking.take_all()

    # then
    row = Inbound.objects.get()
    assert row.order_key == "W-1, W-2"
    waiting = SyncItem.objects.filter(state="waiting").values_list("external_id", flat=True)
    assert sorted(waiting) == ["W-1", "W-2"]
    assert Occurrence.objects.get().external_id == f"push {row.pk} part 2"


def test_pushes_beyond_the_limit_are_told_to_wait(settings):
    from connectors.sync.inbound.views import PushThrottle  # noqa: PLC0415

    cache.set("throttle_anon_127.0.0.1", [time.time()] * 3000, 60)
    assert PushThrottle.rate == "3000/min"
    answer = push(ORDER)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_the_description_of_the_api_is_for_signed_in_people(client_for, operations):
    assert Client().get("/api/schema/").status_code == 403
    answer = client_for(operations).get("/api/schema/?format=json")
    assert answer.status_code == 200
    assert "/api/v1/inbound/orders" in answer.content.decode()
