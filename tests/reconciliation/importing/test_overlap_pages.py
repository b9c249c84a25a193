"""A person compares what two statements hold, and decides."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from integration.audit.models import AuditEntry
from reconciliation import evidence_lists, periods
from reconciliation.importing import files
from reconciliation.importing.files import Choices
from reconciliation.models import BankLine
from tests.reconciliation.importing.bank_files import Booking, mt940
from tests.reconciliation.importing.overlapping import FIFTH, MONTH, SWEEP, answer_of, brought, took

pytestmark = pytest.mark.django_db
MONTH_DAY = datetime(2026, 10, 5, tzinfo=UTC).date()


@pytest.fixture(autouse=True)
def _kept_apart(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"


def test_a_person_compares_and_decides(client_for, finance):
    client = client_for(finance)
    took(mt940("A", SWEEP), "first.sta")
    file = brought(mt940("B", SWEEP))
    page = reverse("payout-file", args=[file.pk])
    shown = client.get(page).content.decode()
    assert "Are these the same bookings?" in shown
    assert "-50.00 GBP" in shown

    client.post(reverse("payout-file-read", args=[file.pk]), answer_of(file, "same"))
    client.post(reverse("payout-file-import", args=[file.pk]))

    shown = client.get(page).content.decode()
    assert "Known already, and not booked again" in shown
    assert "first.sta" in shown
    assert f"first.sta</a>, {finance} said: they are the same." in shown
    assert BankLine.objects.count() == 2


def test_of_two_who_decide_the_second_is_told_that_it_is_decided(client_for, finance, finance2):
    took(mt940("A", SWEEP))
    file = brought(mt940("B", SWEEP))
    read = reverse("payout-file-read", args=[file.pk])
    client_for(finance).post(read, answer_of(file, "same"))

    answer = client_for(finance2).post(read, answer_of(file, "further"), follow=True)

    assert "cannot be read again: it is “waits for a decision”" in answer.content.decode()
    files.commit(file, actor=finance)
    assert BankLine.objects.count() == 2


def test_what_is_asked_now_is_not_answered_by_what_was_asked_before(client_for, finance):
    took(mt940("A", SWEEP))
    file = brought(mt940("B", SWEEP))
    seen_before = answer_of(file, "further")
    took(mt940("C", [Booking(5, 9)], 30))
    file = files.inspect(files.again(file, actor=finance, said=Choices()))

    answer = client_for(finance).post(
        reverse("payout-file-read", args=[file.pk]), seen_before, follow=True
    )

    file.refresh_from_db()
    assert "has changed meanwhile" in answer.content.decode()
    assert (file.state, BankLine.objects.count()) == ("held", 3)


def test_bookings_of_one_amount_are_shown_beside_those_of_the_same_text():
    took(mt940("A", [Booking(5, 10, "RENT")], 70))

    file = brought(mt940("B", [Booking(5, 10, "SECOND RENT"), Booking(5, 10, "RENT")], 70))

    sides = [(row["here"], row["there"]) for row in file.preview["overlap"]]
    assert ("RENT", "RENT") in sides
    assert ("SECOND RENT", "RENT") not in sides


def test_a_statement_shows_its_bookings_as_a_bank_does(client_for, finance):
    took(mt940("MONTH", MONTH))
    page = reverse("payout-file", args=[brought(mt940("DAY", FIFTH, 70)).pk])

    shown = " ".join(client_for(finance).get(page).content.decode().split())

    assert "All 3 bookings are known already" in shown
    assert "Keep it, 3 known already" in shown
    assert '<th scope="col">Statement</th> <th scope="col" class="num">Amount</th>' in shown
    assert ">Fee<" not in shown
    assert "<dt>Payouts</dt>" not in shown


@pytest.mark.parametrize("who", ["operations", "marketing", "auditor"])
def test_nobody_else_decides(client_for, who, request):
    took(mt940("A", SWEEP))
    file = brought(mt940("B", SWEEP))

    answer = client_for(request.getfixturevalue(who)).post(
        reverse("payout-file-read", args=[file.pk]), {"overlap": "same"}
    )

    file.refresh_from_db()
    assert (answer.status_code, file.state, BankLine.objects.count()) == (403, "held", 2)
    assert not AuditEntry.objects.filter(action="payout file read again").exists()


def test_the_evidence_of_a_month_holds_the_file_that_only_repeats():
    took(mt940("MONTH", MONTH))
    took(mt940("DAY", FIFTH, 70), "day.sta")

    held = evidence_lists.found_of(periods.period_of("main", MONTH_DAY), "files")

    assert [(one.name, one.known) for one in held] == [("bank.sta", 0), ("day.sta", 3)]
