"""Mappings on the admin site."""

from datetime import date
from io import BytesIO
from unicodedata import normalize

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integration.audit.models import AuditEntry
from integration.mapping import uses
from integration.mapping.book import MappingBook
from integration.mapping.models import ProductMapping, PromotionMapping, ValueMapping
from integration.mirror.models import CampaignOrder

LIST = "/admin/mapping/productmapping/"


def order(key: str, sku: str) -> CampaignOrder:
    now = timezone.now()
    return CampaignOrder.objects.create(
        key=key,
        payload={"order": {}, "lines": [{"sku": sku}], "promotions": []},
        content_hash=key,
        currency="GBP",
        total_paid="12.50",
        ordered_at=now,
        first_seen_at=now,
        last_seen_at=now,
    )


def form(**changes: str) -> dict[str, str]:
    return {
        "source_sku": "CAMP-1",
        "prima_sku": "P-1",
        "valid_from": "2026-01-01",
        "valid_to": "",
        "note": "",
        **changes,
    }


def test_admin_adds_a_mapping_and_the_trail_says_so(client_for, admin_person):
    response = client_for(admin_person).post(f"{LIST}add/", form())

    assert response.status_code == 302
    entry = AuditEntry.objects.get(action="product mapping added")
    assert entry.actor == admin_person
    assert entry.details["after"]["prima_sku"] == "P-1"


def test_history_shows_before_and_after(client_for, admin_person):
    mapping = ProductMapping.objects.create(source_sku="CAMP-1", prima_sku="OLD")
    client = client_for(admin_person)

    client.post(f"{LIST}{mapping.pk}/change/", form(prima_sku="NEW"))
    page = client.get(f"{LIST}{mapping.pk}/history/").content.decode()

    assert "<td>OLD</td>" in page
    assert "<td>NEW</td>" in page
    assert str(admin_person) in page


def test_two_mappings_of_one_sku_on_one_day_are_refused_in_words(client_for, admin_person):
    ProductMapping.objects.create(source_sku="camp-1", prima_sku="P-1")

    response = client_for(admin_person).post(f"{LIST}add/", form(prima_sku="P-2"))

    assert response.status_code == 200
    assert "already mapped on some of these days" in response.content.decode()
    assert ProductMapping.objects.count() == 1


@pytest.mark.django_db
def test_the_database_refuses_overlaps_whatever_the_case():
    ProductMapping.objects.create(
        source_sku="A", prima_sku="1", valid_from=date(2026, 1, 1), valid_to=date(2026, 6, 30)
    )

    ProductMapping.objects.create(source_sku="A", prima_sku="2", valid_from=date(2026, 7, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        ProductMapping.objects.create(source_sku="a", prima_sku="3", valid_from=date(2026, 6, 30))

    assert ProductMapping.objects.count() == 2


@pytest.mark.django_db
def test_values_of_different_domains_do_not_overlap():
    ValueMapping.objects.create(domain="country", source="UK", target="GB")
    ValueMapping.objects.create(domain="terms", source="UK", target="30D")
    with pytest.raises(IntegrityError), transaction.atomic():
        ValueMapping.objects.create(domain="country", source="uk", target="IE")


def test_what_uses_this_counts_orders_and_money(client_for, admin_person):
    mapping = ProductMapping.objects.create(source_sku="CAMP-1", prima_sku="P-1")
    order("O-1", "CAMP-1")
    order("O-2", "CAMP-1")
    order("O-3", "OTHER")

    page = client_for(admin_person).get(f"{LIST}{mapping.pk}/uses/").content.decode()

    assert "2 campaign orders" in page
    assert "25.00 GBP" in page
    assert "O-3" not in page


@pytest.mark.django_db
def test_what_uses_this_is_found_as_mappings_are_whatever_the_case(django_assert_num_queries):
    product = ProductMapping.objects.create(source_sku="Camp-é1", prima_sku="P-1")
    promotion = PromotionMapping.objects.create(source_code="ten", prima_code="AUTUMN")
    written = ("Camp-é1", "CAMP-É1", "camp-e\u0301\u0031", " camp-é1\u00a0\n")
    for number, sku in enumerate(written):
        row = order(f"O-{number}", "OTHER")
        row.payload["lines"].append({"sku": sku})
        row.payload["promotions"] = [{"code": "Ten"}]
        row.save()
        assert MappingBook.load().product(normalize("NFC", sku), date(2026, 1, 1)) == "P-1"
    order("O-9", "CAMP-É12")
    for number, strange in enumerate(({}, {"lines": "CAMP-É1"}, {"lines": ["x", {"sku": 9}]}, [])):
        CampaignOrder.objects.filter(pk=order(f"S-{number}", "X" * 9_000).pk).update(
            payload=strange
        )

    for mapping in (product, promotion):
        with django_assert_num_queries(3):
            use = uses.of(mapping)
        assert use.orders == 4
        assert {one.key for one in use.latest} == {"O-0", "O-1", "O-2", "O-3"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("mapping", "index"),
    [
        (ProductMapping(source_sku="A", prima_sku="B"), "order_skus"),
        (PromotionMapping(source_code="A", prima_code="B"), "order_promotions"),
    ],
)
def test_what_uses_this_goes_by_an_index(mapping, index):
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as asked:
        # Of an empty table each way is as good; only what leads to the words is left.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        uses.of(mapping)
        for query in asked.captured_queries[1:]:
            cursor.execute(f"EXPLAIN {query['sql']}")
            assert index in str(cursor.fetchall())


def upload(client, text: str):
    return client.post(
        f"{LIST}import/",
        {"import_file": file(text), "format": "0", "resource": "0"},
    )


def file(text: str) -> BytesIO:
    found = BytesIO(text.encode())
    found.name = "mappings.csv"
    return found


def test_import_shows_a_dry_run_first_and_saves_nothing(client_for, admin_person):
    response = upload(
        client_for(admin_person),
        "source_sku,prima_sku,valid_from,valid_to,note\nCAMP-9,P-9,2026-01-01,,\n",
    )

    assert response.status_code == 200
    assert "CAMP-9" in response.content.decode()
    assert not ProductMapping.objects.exists()
    assert not AuditEntry.objects.filter(action__contains="import").exists()


def test_import_names_the_row_that_overlaps(client_for, admin_person):
    ProductMapping.objects.create(source_sku="CAMP-9", prima_sku="P-1")

    page = upload(
        client_for(admin_person),
        "source_sku,prima_sku,valid_from,valid_to,note\nCAMP-9,P-9,2026-01-01,,\n",
    ).content.decode()

    assert "already mapped on some of these days" in page


def test_export_keeps_formulas_harmless(client_for, admin_person):
    ProductMapping.objects.create(source_sku="CAMP-1", prima_sku="P-1", note="=HYPERLINK(1)")

    response = client_for(admin_person).post(
        f"{LIST}export/",
        {
            "format": "0",
            "resource": "0",
            "productmappingresource_source_sku": "on",
            "productmappingresource_note": "on",
        },
    )

    assert "=HYPERLINK" not in response.content.decode().replace("'=", "")
    assert "HYPERLINK(1)" in response.content.decode()


def test_auditor_looks_but_does_not_change(client_for, auditor):
    mapping = ProductMapping.objects.create(source_sku="CAMP-1", prima_sku="P-1")
    client = client_for(auditor)

    assert client.get(f"{LIST}{mapping.pk}/change/").status_code == 200
    assert client.post(f"{LIST}{mapping.pk}/change/", form(prima_sku="X")).status_code == 403
    assert client.post(f"{LIST}add/", form()).status_code == 403
    assert client.get(f"{LIST}import/").status_code == 403
    assert ProductMapping.objects.get().prima_sku == "P-1"


@pytest.mark.parametrize("who", ["operations", "finance", "marketing"])
def test_others_have_no_admin_site(who, request, client_for):
    person = request.getfixturevalue(who)

    response = client_for(person).post(f"{LIST}add/", form())

    assert response.status_code in (302, 403)
    assert not ProductMapping.objects.exists()


def test_the_page_of_exports_needs_no_code_inside(admin_person, client_for):
    page = client_for(admin_person).get("/admin/mapping/productmapping/export/").content.decode()
    assert " onchange=" not in page
    assert " style=" not in page
