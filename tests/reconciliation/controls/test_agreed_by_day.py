"""What agrees in a month is found by the index of its days, not by reading years of orders."""

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from reconciliation import differences, totals
from reconciliation.control import Scope, control_of

pytestmark = pytest.mark.django_db


def plan(control: str) -> str:
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        asked: dict[str, Any] = totals.Narrowed("2026-10").parameters()
        agreed = control_of(control).agreed
        cursor.execute(f"EXPLAIN {totals._AGREED.format(agreed=agreed)}", asked)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_orders_of_a_month_are_found_by_their_day() -> None:
    assert "booked_day" in plan("prima_to_documents")


@pytest.mark.parametrize("control", ["order_to_prima", "prima_to_documents"])
def test_the_month_is_asked_of_the_orders_themselves(control: str) -> None:
    assert "order_date >= '2026-10-01'" in plan(control)


def test_documents_of_several_orders_have_an_index_and_are_known_to_be_few() -> None:
    assert "document_of_several" in plan("prima_to_documents")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_statistic_ext WHERE stxname = 'document_orders'")
        assert cursor.fetchone() == (1,)


def test_receipts_of_an_invoice_are_found_by_its_number() -> None:
    """Each of a million invoices would read all receipts otherwise."""
    scope = Scope(at=timezone.now(), today=timezone.localdate())
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(differences._TABLES)
        compare = control_of("payouts_to_documents").compare
        cursor.execute(f"EXPLAIN {compare}", scope.parameters())
        told = "\n".join(line for (line,) in cursor.fetchall())

    assert told.count("using document_invoice") >= 2
