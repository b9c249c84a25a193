"""Campaign orders against Prima's orders."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from connectors.sync.mirrored import as_data
from exceptions.models import ExceptionCase
from integration.mirror.models import BookedOrder, CampaignOrder
from reconciliation import running
from reconciliation.control import control_of
from reconciliation.models import ControlRun, Difference, Tolerance
from tests.factories.books import LINE, booked, prima_was_read, sent

pytestmark = pytest.mark.django_db


def run(**how: object) -> ControlRun:
    return running.run(control_of("order_to_prima"), **how)  # type: ignore[arg-type]


def found() -> list[tuple[str, str, int]]:
    rows = Difference.objects.filter(closed_at__isnull=True).order_by("key", "category")
    return list(rows.values_list("key", "category", "amount"))


def test_an_order_that_is_the_same_on_both_sides_is_no_difference() -> None:
    prima_was_read()
    sent("CO-1", "SO-1")
    booked("SO-1", "CO-1")

    assert run().compared == 1
    assert found() == []


def test_a_variant_is_written_alike_on_both_sides() -> None:
    # given
    prima_was_read()
    order = sent("CO-1", "SO-1")
    order.payload["lines"][0]["variant"] = as_data(("MOSS", "S", "", ""))
    order.save()

    # when
    booked("SO-1", "CO-1", data={"lines": [{**LINE, "sku": "BOOT|MOSS|S"}]})
    run()

    # then
    assert found() == []


def test_each_way_to_differ_is_a_category_of_its_own() -> None:
    prima_was_read()
    sent("CO-1", "SO-1")  # Prima does not hold it.
    booked("SO-2", "CO-2")  # We never sent it.
    sent("CO-3", "SO-3")
    booked("SO-3", "CO-3")
    booked("SO-33", "CO-3")
    sent("CO-4", "SO-4")
    booked("SO-4", "CO-4", account_code="OTHER")
    sent("CO-5", "SO-5")
    booked("SO-5", "CO-5", gross=Decimal("90.00"), tax=Decimal("6.00"))
    sent("CO-6", "SO-6")
    booked("SO-6", "CO-6", data={"lines": [{**LINE, "quantity": "3"}]})
    sent("CO-7", "SO-7")
    booked("SO-7", "CO-7", currency="EUR")

    run()

    assert found() == [
        ("CO-1", "not_in_prima", 10080),
        ("CO-2", "not_ours", -10080),
        ("CO-3", "twice", -10080),
        ("CO-4", "customer", 0),
        ("CO-5", "total", 1080),
        ("CO-6", "contents", 0),
        ("CO-7", "currency", 10080),
    ]
    total = Difference.objects.get(key="CO-5")
    assert total.fields == ["tax", "total"]
    assert total.left["total"] == "100.80"
    assert total.right["total"] == "90.00"
    assert total.campaign == "AUTUMN"


def test_an_order_just_sent_is_not_missing_before_prima_was_read() -> None:
    prima_was_read(datetime(2026, 10, 15, 11, tzinfo=UTC))
    sent("CO-1", "SO-1")

    run()

    assert found() == []


def test_the_second_run_changes_nothing() -> None:
    prima_was_read()
    sent("CO-1", "SO-1")
    first = run(full=True)
    before = list(Difference.objects.values("pk", "version", "state", "case_id"))

    second = run(full=True)

    assert (first.opened, second.opened, second.healed) == (1, 0, 0)
    assert list(Difference.objects.values("pk", "version", "state", "case_id")) == before
    assert ExceptionCase.objects.count() == 1
    assert Difference.objects.get().events.count() == 1


def test_a_difference_that_agrees_again_heals_with_its_case_and_says_why() -> None:
    prima_was_read()
    sent("CO-1", "SO-1")
    booked("SO-1", "CO-1", account_code="OTHER")
    run()
    case = ExceptionCase.objects.get(kind="difference_order_to_prima")
    assert case.status == "open"

    BookedOrder.objects.update(account_code="ACME", read_at=timezone.now())
    run()

    healed = Difference.objects.get()
    case.refresh_from_db()
    assert healed.state == "healed"
    assert healed.closed_by == "The order is on the account it was sent for"
    assert [event.action for event in healed.events.all()] == ["Found", "Healed"]
    assert case.status == "resolved"


def test_only_what_changed_is_looked_at_between_full_runs() -> None:
    prima_was_read()
    sent("CO-1", "SO-1")
    booked("SO-1", "CO-1")
    run()
    sent("CO-2", "SO-2", created_at=datetime.now(UTC))
    booked("SO-2", "CO-2", account_code="OTHER", read_at=datetime.now(UTC))

    second = run()

    assert second.since is not None
    assert second.compared == 1
    assert found() == [("CO-2", "customer", 0)]


def test_as_of_a_date_later_orders_do_not_count_and_nothing_is_opened() -> None:
    prima_was_read()
    booked("SO-1", "CO-1")
    booked("SO-2", "CO-2", order_date=date(2026, 11, 2))

    october = run(as_of=date(2026, 10, 31))

    assert (october.as_of, october.standing, october.opened) == (date(2026, 10, 31), 1, 0)
    assert Difference.objects.count() == 0
    assert "Unknown to us: 1" in october.message


def test_what_a_tolerance_swallows_is_kept_and_closed() -> None:
    Tolerance.objects.create(control="order_to_prima", currency="GBP", absolute=5)
    prima_was_read()
    sent("CO-1", "SO-1")
    booked("SO-1", "CO-1", gross=Decimal("100.77"), tax=Decimal("16.77"))
    sent("CO-2", "SO-2")
    booked("SO-2", "CO-2", gross=Decimal("100.74"), tax=Decimal("16.74"))

    first, second = run(full=True), run(full=True)

    assert found() == [("CO-2", "total", 6)]
    swallowed = Difference.objects.get(state="tolerated")
    assert (swallowed.key, swallowed.amount) == ("CO-1", 3)
    assert (first.tolerated, second.tolerated) == (1, 0)


def test_an_adjusted_difference_does_not_come_back_while_its_amount_stays() -> None:
    prima_was_read()
    sent("CO-1", "SO-1")
    booked("SO-1", "CO-1", gross=Decimal("90.00"), tax=Decimal("6.00"))
    run(full=True)
    now = datetime.now(UTC)
    Difference.objects.update(state="adjusted", closed_at=now, closed_by="Write off")

    run(full=True)
    assert Difference.objects.count() == 1

    BookedOrder.objects.update(gross=Decimal("80.00"))
    run(full=True)
    assert found() == [("CO-1", "total", 1000)]
    left = Difference.objects.get(closed_at=None)
    assert left.title == "The total of order CO-1 differs in Prima, besides what was adjusted"


def test_what_was_adjusted_and_agrees_by_now_is_to_be_taken_back_once() -> None:
    prima_was_read()
    sent("CO-1", "SO-1")
    booked("SO-1", "CO-1", gross=Decimal("90.00"), tax=Decimal("6.00"))
    run(full=True)
    now = datetime.now(UTC)
    Difference.objects.update(state="adjusted", closed_at=now, closed_by="Write off")

    BookedOrder.objects.update(gross=Decimal("100.80"), tax=Decimal("16.80"), read_at=now)
    run()

    assert found() == [("CO-1", "total", -1080)]
    back = Difference.objects.get(closed_at=None)
    assert back.title == "Adjusted, and so no longer: The total of order CO-1 differs in Prima"

    Difference.objects.filter(pk=back.pk).update(state="adjusted", closed_at=now)
    run(full=True)
    assert found() == []

    BookedOrder.objects.update(gross=Decimal("90.00"), tax=Decimal("6.00"))
    run(full=True)
    assert found() == [("CO-1", "total", 1080)]


def test_an_order_we_forgot_shows_as_unknown() -> None:
    prima_was_read()
    sent("CO-1", "SO-1").delete()
    booked("SO-1", "CO-1")
    assert CampaignOrder.objects.count() == 1

    run()

    assert found() == [("CO-1", "not_ours", -10080)]
