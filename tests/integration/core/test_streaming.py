"""Long lists: read as of one moment while they are sent, and a page at a time where they are shown."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integration.accounts.models import User
from integration.core import streaming
from integration.exports import Column, rows_of
from integration.mirror.models import CampaignOrder

COLUMNS: tuple[Column[CampaignOrder], ...] = (Column("Order", lambda order: order.key),)
_OPEN = "SELECT is_holdable FROM pg_cursors WHERE name <> ''"


def orders(number: int) -> None:
    now = timezone.now()
    CampaignOrder.objects.bulk_create(
        CampaignOrder(
            key=f"CO-{place}", payload={}, content_hash="h", first_seen_at=now, last_seen_at=now
        )
        for place in range(number)
    )


def held() -> list[Any]:
    """Of each list that is being read: whether the database keeps it beyond its transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN)
        return [is_holdable for (is_holdable,) in cursor.fetchall()]


@pytest.mark.django_db(transaction=True)
def test_an_export_goes_off_before_its_last_row_is_found() -> None:
    orders(3)

    rows = rows_of(CampaignOrder.objects.order_by("key"), COLUMNS, personal=True)
    first = [next(rows), next(rows)]

    assert first == [["Order"], ["CO-0"]]
    assert held() == [False]
    rows.close()  # type: ignore[attr-defined]
    assert held() == []
    assert not connection.in_atomic_block


@pytest.mark.django_db(transaction=True)
def test_what_a_statement_finds_is_read_some_at_a_time() -> None:
    found = streaming.rows("SELECT generate_series(1, %(last)s)", {"last": 5_000})

    assert [next(found), next(found)] == [(1,), (2,)]
    assert held() == [False]
    assert sum(number for (number,) in found) == sum(range(3, 5_001))
    assert not connection.in_atomic_block


@pytest.mark.django_db
def test_a_list_sorts_keys_alone_and_reads_the_rows_of_its_page(
    client_for: Callable[[User], Client], operations: User
) -> None:
    orders(60)
    client = client_for(operations)

    with CaptureQueriesContext(connection) as asked:
        page = client.get("/orders/", {"sort": "-customer_name", "page": "2"})

    sorting = [one["sql"] for one in asked if "OFFSET 50" in one["sql"]]
    assert len(sorting) == 1
    assert '"payload"' not in sorting[0]
    assert len(page.context["table"].page.object_list.data) == 10
