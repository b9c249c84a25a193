"""Counts and sums on both sides prove that nothing got lost."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from connectors.sync.models import SyncItem
from integration.mirror.models import BookedOrder, CampaignOrder, PrimaDocument
from reconciliation import running, totals
from reconciliation.control import control_of
from reconciliation.models import DayTotal, Difference
from tests.factories.books import booked, document, prima_was_read, sent

pytestmark = pytest.mark.django_db


def run() -> list[tuple[str, dict[str, str], dict[str, str], int]]:
    running.run(control_of("control_totals"), full=True)
    rows = Difference.objects.filter(closed_at__isnull=True).order_by("key")
    return [(row.key, row.left, row.right, row.amount) for row in rows]


def whole_story() -> None:
    prima_was_read()
    for number in "123":
        sent(f"CO-{number}", f"SO-{number}")
        booked(f"SO-{number}", f"CO-{number}", invoice_status="full")
        document(f"INV-{number}", f"SO-{number}")


def test_nothing_is_out_when_nothing_got_lost() -> None:
    whole_story()

    assert run() == []


def test_an_order_that_lost_its_item_is_missed() -> None:
    whole_story()
    lost = sent("CO-4", "SO-4")
    lost.delete()
    SyncItem.objects.filter(external_id="CO-4").delete()

    assert run() == [
        (
            "arrived|2026-10-15|GBP|AUTUMN",
            {"count": "4", "sum": "403.20"},
            {"count": "3", "sum": "302.40"},
            10080,
        )
    ]


def test_a_held_order_is_accounted_for() -> None:
    whole_story()
    sent("CO-4", "SO-4").delete()
    SyncItem.objects.filter(external_id="CO-4").update(state="held")

    assert run() == []


def test_an_order_prima_lost_is_missed_and_heals_when_it_is_back() -> None:
    whole_story()
    BookedOrder.objects.filter(order_number="SO-2").update(
        deleted_at=datetime(2026, 10, 16, tzinfo=UTC)
    )
    assert [(key, amount) for key, _, _, amount in run()] == [("sent|2026-10-15|GBP|AUTUMN", 10080)]

    BookedOrder.objects.update(deleted_at=None)

    assert run() == []
    assert Difference.objects.get().closed_by == "What was sent is in Prima"


def test_an_invoice_of_one_penny_less_is_seen_in_the_totals() -> None:
    whole_story()
    PrimaDocument.objects.filter(number="INV-3").update(gross=Decimal("100.79"))

    assert run() == [
        (
            "invoiced|2026-10-15|GBP|AUTUMN",
            {"count": "3", "sum": "302.40"},
            {"count": "3", "sum": "302.39"},
            1,
        )
    ]


@pytest.mark.parametrize("year", [1899, 2099])
def test_an_impossible_order_date_makes_no_month(year: int) -> None:
    whole_story()
    odd = datetime(year, 11, 1, tzinfo=UTC)
    CampaignOrder.objects.filter(key="CO-1").update(ordered_at=odd)

    assert run() == []
    months = {line.month for line in totals.by_control(totals.Narrowed())}
    assert months == {"2026-10"}


def test_a_day_of_orders_ends_when_it_ends_where_the_company_is() -> None:
    """23:30 UTC on the last of September is half past midnight in October in London."""
    whole_story()
    late = datetime(2026, 9, 30, 23, 30, tzinfo=UTC)
    CampaignOrder.objects.filter(key="CO-2").update(ordered_at=late, first_seen_at=late)
    PrimaDocument.objects.filter(number="INV-2").delete()
    BookedOrder.objects.filter(order_number="SO-2").update(
        order_date=date(2026, 10, 1), deleted_at=late
    )

    assert [row[0] for row in run()] == ["sent|2026-10-01|GBP|AUTUMN"]
    days = {line.month: line.agreed for line in totals.by_control(totals.Narrowed())}
    assert days == {"2026-10": 4}  # arrived on two days, sent and invoiced on one


def test_an_invoice_in_another_currency_is_not_what_was_ordered() -> None:
    whole_story()
    PrimaDocument.objects.filter(number="INV-3").update(currency="EUR")

    assert [(key, amount) for key, _, _, amount in run()] == [
        ("invoiced|2026-10-15|GBP|AUTUMN", 10080)
    ]


def test_agreed_counts_what_open_counts_a_day_of_a_step() -> None:
    whole_story()
    PrimaDocument.objects.filter(number="INV-2").delete()
    run()

    found = totals.by_control(totals.Narrowed())
    [line] = [one for one in found if one.control.slug == "control_totals"]
    rows = list(totals.agreed_rows(line.control, totals.Narrowed(), 0, None))

    assert [row[0] for row in rows] == [
        "arrived|2026-10-15|GBP|AUTUMN",
        "sent|2026-10-15|GBP|AUTUMN",
    ]
    assert [row[5] for row in rows] == [30240, 30240]
    assert (line.agreed, line.open, line.share) == (2, 1, 66)
    assert (line.agreed_amount, line.open_amount) == (60480, 10080)


def test_the_days_that_agree_are_summed_up_by_each_run_and_forgotten_when_they_are_gone() -> None:
    whole_story()
    run()
    kept = set(DayTotal.objects.values_list("key", "amount"))
    assert kept == {
        (f"{step}|2026-10-15|GBP|AUTUMN", 30240) for step in ("arrived", "sent", "invoiced")
    }

    later = datetime(2026, 10, 20, 12, tzinfo=UTC)
    CampaignOrder.objects.update(ordered_at=later, first_seen_at=later, last_seen_at=later)
    BookedOrder.objects.filter(order_number="SO-3").update(gross=Decimal("90.00"), read_at=later)
    run()

    assert dict(DayTotal.objects.values_list("key", "amount")) == {
        "arrived|2026-10-20|GBP|AUTUMN": 30240,
        "sent|2026-10-20|GBP|AUTUMN": 30240,
        "invoiced|2026-10-15|GBP|AUTUMN": 29160,
    }


def test_what_agrees_of_control_totals_reads_the_days_and_no_order() -> None:
    assert "mirror_" not in control_of("control_totals").agreed
