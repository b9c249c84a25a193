"""The search finds what stands anywhere in a text, through indexes, and never by reading every row."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from exceptions import search, suggest
from exceptions.filters.cases import CaseFilter
from exceptions.models import ExceptionCase
from exceptions.suggest import Buyer
from integration.accounts.models import User
from integration.audit import trail
from integration.audit.filters import AuditFilter
from integration.audit.models import AuditEntry
from integration.mirror.models import CampaignOrder, PrimaCustomer, PrimaItem, PrimaOrder

pytestmark = pytest.mark.django_db


def order(key: str, **fields: Any) -> CampaignOrder:
    now = timezone.now()
    told = {"payload": {}, "content_hash": "h", "first_seen_at": now, "last_seen_at": now}
    return CampaignOrder.objects.create(key=key, **{**told, **fields})


def case(title: str) -> ExceptionCase:
    now = timezone.now()
    return ExceptionCase.objects.create(
        kind="unknown_sku", fingerprint=title, title=title, first_seen_at=now, last_seen_at=now
    )


def keys(text: str) -> set[str]:
    return {one.key for one in search.find(text).orders}


@pytest.mark.parametrize(
    "text",
    ["o-2026-0017", "2026-00", "smith", "JOHN@", "hn sm", "summer", "ck-17", "so-9", "mug-blue",
     "gb123456789", "pi_77"],
)  # fmt: skip
def test_an_order_is_found_by_any_part_of_what_it_is_known_by(text: str) -> None:
    found = order(
        "CO-2026-0017",
        email="john@acme.example",
        customer_name="John Smith",
        campaign="SUMMER-26",
        contact_key="CK-17",
        payload={
            "order": {"tax_number": "GB123456789", "payment_reference": "PI_77"},
            "lines": [{"sku": "Mug-Blue"}],
        },
    )
    order("OTHER")
    PrimaOrder.objects.create(
        campaign_order=found, prima_id="1", order_number="SO-9", account_code="A", currency="GBP",
        gross=1, order_status="new", payload={}, created_at=timezone.now(),
    )  # fmt: skip

    assert keys(text) == {"CO-2026-0017"}


def test_what_looks_like_a_pattern_is_a_text() -> None:
    order("A%B_C")
    order("AXBYC")

    assert keys("A%B_C") == {"A%B_C"}
    assert keys("%B_") == {"A%B_C"}


def test_two_letters_are_looked_for_where_a_word_begins() -> None:
    order("CO-1", customer_name="Jo Abel")
    order("AB-2", customer_name="Somebody")
    order("CO-3", customer_name="Rabat")

    assert keys("ab") == {"CO-1", "AB-2"}


def test_cases_are_found_by_their_title_and_by_the_orders_behind_them() -> None:
    titled, behind = case("WARRANTY-3Y is unknown"), case("BOOT is unknown")
    behind.occurrences.create(
        system="sfmc", object="order", external_id="CO-77", label="Jane", message="m",
        first_seen_at=behind.first_seen_at, last_seen_at=behind.first_seen_at,
    )  # fmt: skip

    def found(text: str) -> set[ExceptionCase]:
        return set(CaseFilter({"q": text}, ExceptionCase.objects.all()).qs)

    assert found("ranty-3") == {titled}
    assert found("o-77") == found("JANE") == {behind}
    assert found("unknown") == {titled, behind}


def test_accounts_are_suggested_by_a_word_of_the_name_the_postcode_or_the_tax_number() -> None:
    for code, told in (
        ("A1", {"name": "Northwind Traders"}),
        ("A2", {"name": "Somebody", "postcode": "SW1A 1AA"}),
        ("A3", {"name": "Nobody", "vat_number": "GB123456789"}),
    ):
        PrimaCustomer.objects.create(
            prima_id=code, account_code=code, data={}, read_at=timezone.now(), **told
        )

    def found(**told: str) -> list[str]:
        return [hit.code for hit in suggest.accounts(Buyer(**told))]

    assert found(company="Northwind Traders Ltd") == ["A1"]
    assert found(name="Somebody", postcode="sw1a 1aa") == ["A2"]
    assert found(name="Zed", tax_number="GB 123 456 789") == ["A3"]
    assert [hit.code for hit in suggest.find_accounts("thwin")] == ["A1"]
    assert [hit.code for hit in suggest.find_accounts("gb 123 456 789")] == ["A3"]


def _asked(look: Callable[[], Any], index: str) -> None:
    """Every such statement goes by its index, where small tables would be read from end to end."""
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as asked:
        for way in ("seqscan", "indexscan", "indexonlyscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        look()
        plans = []
        for query in [one["sql"] for one in asked.captured_queries if "SEARCH_GRAMS" in one["sql"]]:
            cursor.execute(f"EXPLAIN {query}")
            plans.append(str(cursor.fetchall()))
    assert any(index in plan for plan in plans)
    assert all("Seq Scan" not in plan for plan in plans), plans


@pytest.mark.parametrize("text", ["zzzz nothing", "zz"])
def test_every_search_goes_by_an_index(text: str, finance: User) -> None:
    PrimaItem.objects.create(
        sku_key="A", sku="A", description="A", kind="stock", data={}, read_at=timezone.now()
    )
    trail.record("case resolved", actor=finance, label="A")

    _asked(lambda: search.find(text), "order_texts")
    _asked(lambda: search.find(text), "case_texts")
    _asked(lambda: search.find(text), "customer_texts")
    _asked(lambda: search.find(text), "item_texts")
    _asked(lambda: list(suggest.find_accounts(text)), "customer_texts")
    _asked(
        lambda: list(CaseFilter({"q": text}, ExceptionCase.objects.all()).qs), "occurrence_texts"
    )
    _asked(lambda: list(AuditFilter({"target": text}, AuditEntry.objects.all()).qs), "audit_texts")
