"""Many rows in one statement."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import DataError
from django.db.models import Model

from connectors.sync import rows
from connectors.sync.models import SyncItem
from integration.mirror.models import CampaignOrder

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)


def order(key: str, **members: object) -> CampaignOrder:
    told = {"payload": {}, "content_hash": "h", "first_seen_at": NOON, "last_seen_at": NOON}
    return CampaignOrder(key=key, **{**told, **members})


def item(external_id: str, state: str = "waiting") -> SyncItem:
    return SyncItem(
        flow="f", external_id=external_id, state=state, created_at=NOON, changed_at=NOON
    )


def test_every_value_is_kept_as_it_was():
    # given
    payload = {"order": {"name": "Zoë “O'Hara” \\ 😀 %s שלום\n"}, "lines": [{"sku": ""}]}
    # when
    rows.write([order("A", payload=payload, total_paid=Decimal("12.3400"), ordered_at=NOON)])
    # then
    kept = CampaignOrder.objects.get(key="A")
    assert kept.payload == payload
    assert kept.total_paid == Decimal("12.34")
    assert kept.ordered_at == kept.first_seen_at == NOON
    assert kept.modified_at is None
    assert (kept.via, kept.email) == ("poll", "")


def test_only_the_named_fields_of_a_known_row_are_written():
    rows.write([order("A", email="old@example.com", campaign="old")])
    rows.write(
        [order("A", email="new@example.com", campaign="new"), order("B")],
        unique="key",
        update=["email"],
    )
    assert list(CampaignOrder.objects.order_by("key").values_list("key", "email", "campaign")) == [
        ("A", "new@example.com", "old"),
        ("B", "", ""),
    ]


def test_a_known_row_stays_as_it_is():
    rows.write([item("1", "sent")])
    rows.write([item("1"), item("2")])
    assert dict(SyncItem.objects.values_list("external_id", "state")) == {
        "1": "sent",
        "2": "waiting",
    }


def test_a_text_that_is_too_long_is_refused_rather_than_cut():
    with pytest.raises(DataError):
        rows.write([item("x" * 121)])


def test_nothing_is_written_without_rows():
    nothing: list[Model] = []
    rows.write(nothing)
