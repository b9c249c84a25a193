"""What holds for every control: twice is once, in parts is whole, and what agrees again closes."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from exceptions.models import CaseEvent, ExceptionCase, Occurrence
from integration.accounts.models import User
from integration.mirror.models import BookedOrder, PrimaDocument
from reconciliation import running, totals
from reconciliation.control import controls
from reconciliation.models import (
    BankMatch,
    Difference,
    DifferenceEvent,
    Match,
    Payout,
    StatementFile,
)
from tests.factories.books import booked, booking, document, line, sent, statement
from tests.factories.desk_of_finance import desk

pytestmark = pytest.mark.django_db
SLUGS = sorted(controls())


def everything() -> dict[str, list[Any]]:
    """All that a run may touch, without when it looked last."""
    return {
        "differences": list(
            Difference.objects.order_by("pk").values_list(
                "pk", "key", "category", "state", "amount", "version", "closed_by"
            )
        ),
        "events": list(DifferenceEvent.objects.order_by("pk").values_list("pk")),
        "matches": list(Match.rows.order_by("pk").values_list("pk", "undone_at")),
        "ties": list(BankMatch.objects.order_by("pk").values_list("pk")),
        "cases": list(ExceptionCase.objects.order_by("pk").values_list("pk", "status")),
        "occurrences": list(Occurrence.objects.order_by("pk").values_list("pk", "closed_by")),
        "history": list(CaseEvent.objects.order_by("pk").values_list("pk")),
    }


@pytest.fixture
def books(finance: User) -> Payout:
    """Each control has found something."""
    made = desk(finance)
    assert set(Difference.objects.values_list("control", flat=True)) == set(SLUGS)
    return made


@pytest.mark.parametrize("full", [False, True], ids=["what changed", "everything"])
def test_running_again_changes_nothing(books: Payout, full: bool) -> None:
    before = everything()

    for _ in range(2):
        runs = running.run_all(full=full)
        assert [(run.opened, run.healed) for run in runs] == [(0, 0)] * len(SLUGS)

    assert everything() == before


def test_as_of_a_date_nothing_is_opened_closed_or_matched(books: Payout) -> None:
    before = everything()

    runs = running.run_all(as_of=date(2026, 10, 1))
    later = running.run_all(as_of=date(2026, 12, 31))

    assert {run.standing for run in runs} == {0}
    assert sum(run.standing for run in later) > 0
    assert everything() == before


def test_what_runs_in_parts_find_a_run_over_everything_finds_too(books: Payout) -> None:
    now = timezone.now()
    file = statement("late.csv")
    StatementFile.objects.filter(pk=file.pk).update(imported_at=now)
    line(file, "ch_CO-14", 4200, reference="CO-14")
    running.run_all()
    document("INV-14", "SO-14", gross="42.00", external_ref="CO-14", read_at=now)
    booking(file, "b9", 900, text="STRIPE PAYOUT po_100003", booked_on=date(2026, 10, 17))
    running.run_all()
    BookedOrder.objects.filter(order_number="SO-2").update(
        gross=Decimal("100.80"), tax=Decimal("16.80"), read_at=now, confirmed_at=now
    )
    running.run_all()
    before = everything()

    runs = running.run_all(full=True)

    assert [(run.control, run.opened, run.healed) for run in runs if run.opened or run.healed] == []
    assert everything() == before
    assert Difference.objects.get(key="stripe||ch_CO-14").state == "healed"


def test_what_agrees_again_closes_with_its_case_and_says_why(books: Payout) -> None:
    later = datetime(2027, 1, 1, tzinfo=UTC)
    case = ExceptionCase.objects.get(title__contains="CO-2")
    BookedOrder.objects.filter(order_number="SO-2").update(
        gross=Decimal("100.80"), tax=Decimal("16.80"), read_at=later
    )
    document("INV-2", "SO-2", read_at=later)
    PrimaDocument.objects.filter(number="INV-12").update(minor=15000, gross=150, read_at=later)
    booking(
        statement("more.xml"), "b8", 900, text="STRIPE PAYOUT po_100003",
        booked_on=date(2026, 10, 17),
    )  # fmt: skip

    running.run_all(full=True)

    closed = {
        (row.control, row.key): row.closed_by for row in Difference.objects.filter(state="healed")
    }
    assert {control for control, _ in closed} == set(SLUGS)
    assert "" not in closed.values()
    case.refresh_from_db()
    assert case.status == "resolved"


def test_a_difference_that_comes_back_is_the_same_case_again(books: Payout) -> None:
    later, latest = datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)
    case = ExceptionCase.objects.get(title__contains="CO-2")
    cases = ExceptionCase.objects.count()
    order = BookedOrder.objects.filter(order_number="SO-2")
    order.update(gross=Decimal("100.80"), tax=Decimal("16.80"), read_at=later)
    running.run_all(full=True)
    case.refresh_from_db()
    assert case.status == "resolved"

    order.update(gross=Decimal("90.00"), tax=Decimal("6.00"), read_at=latest)
    running.run_all(full=True)

    case.refresh_from_db()
    assert case.status != "resolved"
    assert ExceptionCase.objects.count() == cases


def agreed_keys(slug: str) -> list[str]:
    return [row[0] for row in totals.agreed_rows(controls()[slug], totals.Narrowed(), 0, None)]


@pytest.mark.parametrize("state", ["adjusted", "tolerated"])
@pytest.mark.parametrize("slug", SLUGS)
def test_what_is_settled_agrees_once_and_what_is_open_does_not(
    books: Payout, slug: str, state: str
) -> None:
    own = Difference.objects.filter(control=slug, closed_at__isnull=True)
    still_open = set(own.values_list("key", flat=True))
    before = agreed_keys(slug)
    assert still_open
    assert not still_open & set(before)

    own.update(state=state, closed_at=timezone.now())

    after = agreed_keys(slug)
    assert set(after) >= still_open | set(before)
    assert len(after) == len(set(after))
    lines = [one for one in totals.by_control(totals.Narrowed()) if one.control.slug == slug]
    assert {(one.open, one.share) for one in lines} == {(0, 100)}


def test_an_order_with_a_cancelled_copy_in_prima_agrees_once() -> None:
    sent("CO-1", "SO-1")
    booked("SO-0", "CO-1", order_status="cancelled")
    booked("SO-1", "CO-1")

    assert agreed_keys("order_to_prima") == ["CO-1"]


def test_a_line_with_a_stroke_in_its_account_or_id_agrees_when_it_is_adjusted() -> None:
    file = statement()
    for account, name in (("a|b", "ch_1"), ("a", "b|ch|2"), ("", "|ch_3|")):
        line(file, name, 500, account=account)
    running.run(controls()["payouts_to_documents"])

    Difference.objects.update(state="adjusted", closed_at=timezone.now())

    assert set(agreed_keys("payouts_to_documents")) == {
        "stripe|a|b|ch_1",
        "stripe|a|b|ch|2",
        "stripe|||ch_3|",
    }
