"""An admin maps a table nobody wrote a format for, tries it, and finance imports it."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from connectors.gateways.mapping import FIELDS
from integration.audit.models import AuditEntry
from reconciliation.models import GatewayLine, GatewayMapping, StatementFile

TABLE = (
    b"Beleg;Art;Datum;Betrag;Kosten;Waehrung;Auszahlung\r\n"
    b"A1;Verkauf;05.10.2026;1.010,00;10,00;EUR;P1\r\n"
    b"A2;Gutschrift;06.10.2026;-10,00;0,00;EUR;P1\r\n"
)
FORM = {
    "name": "Alpenpay",
    "gateway": "alpenpay",
    "kinds": "Verkauf = charge\nGutschrift = refund",
    "mark": "comma",
    "dates": "dmy",
    "zone": "Europe/Vienna",
    "signs": "stated",
    "fee_sign": "cost",
    "column_line_id": "Beleg",
    "column_kind": "Art",
    "column_occurred_at": "Datum",
    "column_gross": "Betrag",
    "column_fee": "Kosten",
    "column_currency": "Waehrung",
    "column_payout_id": "Auszahlung",
}
ADD = "admin:reconciliation_gatewaymapping_add"


@pytest.fixture(autouse=True)
def _kept_apart(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"


def test_the_page_asks_for_all_that_a_mapping_says(client_for, admin_person):
    page = client_for(admin_person).get(reverse(ADD)).content.decode()

    asked = set(re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', page))
    assert {*FORM, *(f"column_{name}" for name in FIELDS)} <= asked
    assert {"default_kind", "delimiter", "currency", "total_column", "total_empty"} <= asked


def test_a_mapping_is_set_up_tried_and_used(client_for, admin_person, finance):
    # given
    admin = client_for(admin_person)
    admin.post(reverse(ADD), FORM)
    mapping = GatewayMapping.objects.get()
    assert AuditEntry.objects.filter(action="gateway mapping added").exists()

    # when
    tried = admin.post(
        reverse("admin:reconciliation_gatewaymapping_try", args=[mapping.pk]),
        {"file": SimpleUploadedFile("a.csv", TABLE)},
    )

    # then
    assert "1,010.00 EUR" in tried.content.decode()
    assert not StatementFile.objects.exists()

    # when
    client_for(finance).post(
        reverse("payout-file-new"), {"file": SimpleUploadedFile("a.csv", TABLE)}
    )
    file = StatementFile.objects.get()
    client_for(finance).post(reverse("payout-file-import", args=[file.pk]))

    # then
    lines = GatewayLine.objects.order_by("row").values_list("kind", "gross", "fee", "net")
    assert list(lines) == [("charge", 101_000, 1_000, 100_000), ("refund", -1_000, 0, -1_000)]


def test_rows_of_totals_are_set_up_tried_and_prove_the_import(client_for, admin_person, finance):
    # given
    total = TABLE + b"Summe;;;1.000,00;10,00;EUR;\r\n"
    admin, desk = client_for(admin_person), client_for(finance)
    admin.post(reverse(ADD), FORM)
    mapping = GatewayMapping.objects.get()
    desk.post(reverse("payout-file-new"), {"file": SimpleUploadedFile("a.csv", total)})
    held = StatementFile.objects.get()
    assert held.state == "held"
    assert "set in the mapping “Alpenpay” “Column that tells totals” to “Beleg”" in held.message

    # when
    change = reverse("admin:reconciliation_gatewaymapping_change", args=[mapping.pk])
    admin.post(change, {**FORM, "total_column": "Beleg", "total_words": "Summe\nGesamt*"})
    tried = admin.post(
        reverse("admin:reconciliation_gatewaymapping_try", args=[mapping.pk]),
        {"file": SimpleUploadedFile("a.csv", total)},
    )
    desk.post(reverse("payout-file-read", args=[held.pk]))
    page = desk.get(reverse("payout-file", args=[held.pk])).content.decode()
    desk.post(reverse("payout-file-import", args=[held.pk]))

    # then
    taken = "the total the file states in row 4, “Summe”: gross 1000.00 EUR, fees 10.00 EUR."
    assert taken in tried.content.decode()
    assert taken in page
    assert "It adds up" in page
    assert list(GatewayLine.objects.values_list("line_id", flat=True)) == ["A1", "A2"]
    form = admin.get(change).content.decode()
    assert "Summe\nGesamt*" in form
    assert 'value="Beleg"' in form


def test_a_mapping_that_lacks_something_is_not_saved(client_for, admin_person):
    answer = client_for(admin_person).post(
        reverse(ADD), {**FORM, "column_gross": "", "kinds": "Verkauf = sale"}
    )

    assert "is not “word = kind” with a known kind" in answer.content.decode()
    assert not GatewayMapping.objects.exists()


def test_an_auditor_sees_and_changes_nothing(client_for, auditor):
    client = client_for(auditor)

    assert client.get(reverse("admin:reconciliation_statementfile_changelist")).status_code == 200
    assert client.post(reverse(ADD), FORM).status_code == 403
    assert not GatewayMapping.objects.exists()
