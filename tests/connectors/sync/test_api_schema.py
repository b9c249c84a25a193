"""Whatever is pushed within the description of the API or beside it, nothing falls over."""

import json
import time
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case

from connectors.sync.inbound import taking
from connectors.sync.inbound.signature import sign
from connectors.sync.models import Connection, Inbound
from integration.mirror.models import CampaignOrder

SECRET = "push-secret"
described = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))


@pytest.fixture
def pushes_are_set_up(db: None) -> None:
    cache.clear()
    Connection.objects.create(
        system="sfmc", base_url="https://x.example/", client_id="c", inbound_secret=SECRET
    )


def test_the_description_is_for_people_who_signed_in(client_for, operations):
    assert Client().get("/api/schema/").status_code in (302, 403)
    page = client_for(operations).get("/api/schema/")
    assert page.status_code == 200
    assert "/api/v1/inbound/orders" in page.content.decode()


@pytest.mark.slow
@described.include(path="/api/v1/inbound/orders").parametrize()
@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_any_push_is_answered_as_described_and_taken_in(case: Case, pushes_are_set_up: None):
    # given a body as generated, signed
    body: Any = case.body if isinstance(case.body, dict | list) else None
    raw = json.dumps(body).encode()
    moment = int(time.time())
    headers = {"X-Desk-Timestamp": str(moment), "X-Desk-Signature": sign(SECRET, moment, raw)}

    # when
    answer = Client(raise_request_exception=False).generic(
        case.method, case.formatted_path, raw, "application/json", headers=headers
    )
    cache.clear()
    taking.take_all()

    # then
    if case.method != "POST":
        assert answer.status_code == (200 if case.method == "OPTIONS" else 405)
        return
    assert str(answer.status_code) in case.operation.definition.raw["responses"]
    if answer.status_code == 202:
        row = Inbound.objects.get(pk=answer.json()["id"])
        assert row.processed_at is not None
        assert row.outcome
        assert CampaignOrder.objects.exists() or row.outcome == "0 orders"
