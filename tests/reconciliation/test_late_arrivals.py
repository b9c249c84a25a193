"""What comes dated in a month that is signed or locked is taken into the next one, with a trace."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.urls import reverse

from connectors.prima.port import Change
from connectors.sync.reference.copies import keep
from connectors.sync.reference.documents import _rows
from integration.accounts.models import User
from integration.mirror.models import PrimaDocument
from integration.records.booked import Document
from reconciliation import evidence, match, periods
from reconciliation.models import GatewayLine, LateArrival, Match, Period
from reconciliation.statement import figures
from tests.factories.books import document, line, statement
from tests.factories.reconciliation import difference

pytestmark = pytest.mark.django_db

OCTOBER, NOVEMBER = date(2026, 10, 15), date(2026, 11, 3)


def shut(day: date, state: str = "locked") -> Period:
    period = periods.period_of("main", day)
    Period.objects.filter(pk=period.pk).update(state=state)
    return period


def mirrored(number: str, gross: str = "100.80", version: str = "1", **changes: object) -> int:
    """The mirror takes an invoice from Prima's feed; answers how many were news."""
    record = Document(
        id=f"id-{number}",
        kind="invoice",
        number=number,
        day=OCTOBER,
        currency="GBP",
        gross=Decimal(gross),
        version=version,
        **changes,  # type: ignore[arg-type]
    )
    return keep(PrimaDocument, (Change("upsert", record.id, record.version, record),), _rows)


def traces() -> list[tuple[str, str, str, str, int]]:
    rows = LateArrival.objects.order_by("id").select_related("period", "belongs_to")
    return [
        (one.object_type, one.object_id, str(one.belongs_to), str(one.period), one.amount)
        for one in rows
    ]


@pytest.mark.parametrize("state", ["signed", "locked"])
def test_an_invoice_that_the_mirror_reads_late_is_traced_once(state: str) -> None:
    # given
    shut(OCTOBER, state)

    # when
    assert mirrored("INV-1") == 1
    assert mirrored("INV-1") == 0

    # then
    assert traces() == [("invoice", "INV-1", "October 2026", "November 2026", 10080)]


def test_a_credit_note_and_a_payout_line_are_traced_with_their_sign() -> None:
    shut(OCTOBER)

    document("CRN-1", "SO-1", kind="credit_note", gross="12.00")
    line(statement(), "ch_1", 5000, account="acct_1", booked_on=OCTOBER)

    assert traces() == [
        ("credit note", "CRN-1", "October 2026", "November 2026", -1200),
        ("payout line", "Stripe acct_1 ch_1", "October 2026", "November 2026", 5000),
    ]


def test_the_payout_of_a_file_itself_is_no_late_arrival() -> None:
    shut(OCTOBER)

    line(statement(), "po_1", -5000, kind="payout", booked_on=OCTOBER)

    assert traces() == []


def test_what_is_dated_in_an_open_month_leaves_no_trace() -> None:
    shut(OCTOBER)
    periods.period_of("main", NOVEMBER)

    document("INV-1", "SO-1", date=NOVEMBER)
    line(statement(), "ch_1", 5000, booked_on=NOVEMBER)

    assert traces() == []


def test_of_several_shut_months_the_first_open_one_takes_it() -> None:
    shut(OCTOBER)
    shut(NOVEMBER, "signed")

    document("INV-1", "SO-1")

    assert traces() == [("invoice", "INV-1", "October 2026", "December 2026", 10080)]
    assert Period.objects.get(first_day=date(2026, 12, 1)).last_day == date(2026, 12, 31)


def test_an_invoice_that_changes_after_the_signature_is_traced_by_what_it_changed() -> None:
    # given
    mirrored("INV-1")
    shut(OCTOBER, "signed")

    # when
    mirrored("INV-1", "90.80", version="2")
    mirrored("INV-1", "90.80", version="3", reason_code="PRICE")

    # then
    assert traces() == [
        ("change of invoice", "INV-1, version 2", "October 2026", "November 2026", -1000)
    ]


def test_an_invoice_that_prima_deletes_after_the_signature_is_traced() -> None:
    mirrored("INV-1")
    shut(OCTOBER)

    keep(PrimaDocument, (Change("delete", "id-INV-1", "2", None),), _rows)

    [(what, _, _, _, amount)] = traces()
    assert (what, amount) == ("change of invoice", -10080)


def test_its_match_is_booked_into_the_month_that_took_it() -> None:
    # given
    shut(OCTOBER)

    # when
    line(statement(), "ch_1", 10080, reference="CO-1", booked_on=OCTOBER)
    document("INV-1", "SO-1", external_ref="CO-1")
    match.run()

    # then
    assert Match.objects.get().day == date(2026, 11, 1)
    assert GatewayLine.objects.get().booked_on == OCTOBER
    assert PrimaDocument.objects.get().date == date(2026, 10, 15)


def test_the_month_that_took_it_and_the_one_it_belongs_to_both_show_it(finance, client_for) -> None:
    # given
    october = shut(OCTOBER)
    document("INV-1", "SO-1")
    november = Period.objects.get(first_day=date(2026, 11, 1))
    client = client_for(finance)

    # when
    taken = client.get(reverse("period", args=[november.pk])).content.decode()
    signed = client.get(reverse("period", args=[october.pk])).content.decode()

    # then
    assert "Late arrivals" in taken
    assert "Invoice INV-1" in taken
    assert "Came after the signature" in signed
    assert "Invoice INV-1" in signed
    assert [
        (one.what, one.currency, one.count, one.amount) for one in figures(november)
    ] == [("Arrived late: invoice", "GBP", 1, "100.80")]  # fmt: skip
    assert figures(october) == []


def test_the_evidence_packs_of_both_months_list_it(finance: User) -> None:
    # given
    october = shut(OCTOBER)
    document("INV-1", "SO-1")
    shut(NOVEMBER)

    for period in (october, Period.objects.get(first_day=date(2026, 11, 1))):
        # when
        period.refresh_from_db()
        with evidence.pack(period, actor=finance) as file, ZipFile(BytesIO(file.read())) as pack:
            rows = pack.read("late-arrivals.csv").decode("utf-8-sig").splitlines()

        # then
        assert len(rows) == 2
        assert rows[1].startswith("invoice INV-1,")
        assert "October 2026,November 2026" in rows[1]


def test_it_is_noted_when_it_arrived() -> None:
    shut(OCTOBER)
    before = datetime.now(UTC)

    document("INV-1", "SO-1")

    assert LateArrival.objects.get().arrived_at >= before.replace(microsecond=0)


def test_a_difference_that_came_late_is_called_by_what_differs(finance, client_for) -> None:
    october, november = shut(OCTOBER), periods.period_of("main", NOVEMBER)
    late = difference("CO-7", title="Order CO-7 is not in Prima", day=NOVEMBER)
    LateArrival.objects.update_or_create(
        object_type="difference",
        object_id=str(late.pk),
        defaults={
            "period": november,
            "belongs_to": october,
            "dated": OCTOBER,
            "amount": 1234,
            "currency": "GBP",
            "arrived_at": datetime(2026, 11, 3, tzinfo=UTC),
        },
    )

    for period in (october, november):
        page = client_for(finance).get(reverse("period", args=[period.pk])).content.decode()
        assert f'<a href="{reverse("difference", args=[late.pk])}">{late.title}</a>' in page


def test_an_invoice_that_moves_to_another_day_or_currency_leaves_one_and_comes_to_the_other() -> (
    None
):
    shut(OCTOBER)
    document("INV-1", "SO-1", date=NOVEMBER)
    document("INV-2", "SO-2", date=NOVEMBER)
    PrimaDocument.objects.filter(number="INV-1").update(date=OCTOBER)
    PrimaDocument.objects.filter(number="INV-2").update(minor=9000)
    assert traces() == [
        ("change of invoice", "INV-1", "October 2026", "November 2026", 10080),
    ]
    LateArrival.objects.all().delete()

    PrimaDocument.objects.filter(number="INV-1").update(currency="EUR", minor=12000)

    assert {(one.amount, one.currency) for one in LateArrival.objects.all()} == {
        (-10080, "GBP"),
        (12000, "EUR"),
    }


def test_every_change_after_the_signature_is_traced_also_of_one_version_or_none() -> None:
    # given
    mirrored("INV-1", version="")
    shut(OCTOBER, "signed")

    # when
    for gross in ("90.80", "80.80", "90.80"):
        PrimaDocument.objects.update(gross=Decimal(gross), minor=int(Decimal(gross) * 100))
    PrimaDocument.objects.update(deleted_at=datetime(2026, 11, 20, tzinfo=UTC))
    PrimaDocument.objects.update(deleted_at=None)

    # then
    assert [(what, amount) for _, what, _, _, amount in traces()] == [
        ("INV-1", -1000),
        ("INV-1, change 2", -1000),
        ("INV-1, change 3", 1000),
        ("INV-1, deleted", -9080),
        ("INV-1, restored", 9080),
    ]
