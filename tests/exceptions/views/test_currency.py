"""Cases by the currencies of what waits in them."""

import csv
import io
import re

import pytest
from django.db import connection
from django.urls import reverse

from exceptions import intake
from exceptions.filters.currencies import FOUND
from exceptions.models import BulkJob
from tests.factories.findings import finding, no_tax_number, unknown_sku

TITLES = ("WARRANTY-3Y is unknown", "GONE is unknown", "has no tax number")


@pytest.fixture
def euros(db: None) -> None:
    """Beside pounds in one case; another has pounds alone, and kronor are no more in a third."""
    intake.file_findings(
        [
            finding("CO-1", unknown_sku("WARRANTY-3Y"), amount="30.00"),
            finding("CO-3", no_tax_number("A100"), amount="500.00"),
            finding("CO-4", unknown_sku("WARRANTY-3Y"), amount="5.00", currency="EUR"),
            finding("CO-5", unknown_sku("GONE"), amount="5.00", currency="SEK"),
        ]
    )
    intake.file_findings([finding("CO-5", currency="SEK", healed_by="mapping")])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?currency=EUR", ["WARRANTY-3Y is unknown"]),
        ("?currency=eur", ["WARRANTY-3Y is unknown"]),
        ("?currency=GBP", ["WARRANTY-3Y is unknown", "has no tax number"]),
        ("?currency=SEK", []),
        ("?currency=SEK&status=all", ["GONE is unknown"]),
        ("?currency=GBP&status=resolved", []),
        ("?currency=%00", []),
    ],
)
def test_cases_are_narrowed_to_a_currency(query, expected, client_for, operations, euros):
    page = client_for(operations).get(reverse("cases") + query).content.decode()

    assert [title for title in TITLES if title in page] == expected


def test_only_currencies_that_occur_are_offered_and_one_asked_for_is_seen(
    client_for, operations, euros
):
    client = client_for(operations)
    shown = [reverse("cases"), reverse("queue", args=["unknown_sku"])]

    for address in shown:
        page = client.get(address)
        options = re.findall(r'<option value="([A-Z]{3})"', page.content.decode())
        assert options == ["EUR", "GBP", "SEK"]
    assert '<option value="JPY" selected' in client.get(f"{shown[0]}?currency=JPY").content.decode()


def test_currencies_are_found_along_the_index(euros):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN (ANALYZE) {FOUND}")
        plan = "\n".join(row for (row,) in cursor.fetchall())

    assert plan.count("Index Only Scan using occurrence_currency") == 2, plan


def test_what_is_narrowed_to_a_currency_is_exported_and_worked_on_alike(
    client_for, operations, euros
):
    client = client_for(operations)

    rows = b"".join(client.get(reverse("cases") + "?currency=EUR&export=csv")).decode("utf-8-sig")
    client.post(
        reverse("bulk"),
        {"action": "assign", "everything": "1", "filter": "currency=EUR", "confirm": "1",
         "to": operations.pk},
    )  # fmt: skip

    (row,) = csv.DictReader(io.StringIO(rows))
    assert "5.00 EUR; 30.00 GBP" in row.values()
    assert BulkJob.objects.get().total == 1
