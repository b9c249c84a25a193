"""Rows of a data extension: only what changed goes, each is accounted for, nothing is lost."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from connectors.errors import Rejected
from connectors.sandbox.running import RunningSandbox
from connectors.sfmc.rows import RowOutcome
from connectors.sync import connections
from connectors.sync.context import Context
from connectors.sync.models import OutgoingRow
from connectors.sync.outgoing import staging, verdict
from connectors.sync.outgoing.parcel import due
from connectors.sync.outgoing.sending import send
from connectors.sync.outgoing.target import target_of
from exceptions.models import ExceptionCase
from integration.mapping.models import TargetTable

Begin = Callable[..., Context]
ROWS = "/sfmc/rest/data/v1/async/dataextensions/"


def product(number: int, **values: Any) -> dict[str, Any]:
    return {
        "sku": f"SKU-{number}",
        "name": f"Product {number}",
        "price": Decimal("12.50"),
        "stock": None,
        "stock_status": "unknown",
        "in_stock": False,
        "in_range": True,
        **values,
    }


def there(name: str = "PRIMA_Product") -> dict[str, dict[str, str | None]]:
    """What Marketing Cloud has, by the SKU."""
    client = connections.sfmc()
    try:
        pages: Iterator[Any] = client.data_extensions.read_rows(name)
        found = [row.columns() for page in pages for row in page.rows]
    finally:
        client.close()
    return {str(row["sku"]): row for row in found}


def handed_over(cloud: RunningSandbox) -> int:
    """How many requests with rows were made."""
    return sum(n for call, n in cloud.calls().items() if "dataextensions" in call)


def open_cases() -> list[tuple[str, int]]:
    return list(ExceptionCase.objects.filter(open_count__gt=0).values_list("kind", "open_count"))


def test_rows_arrive_and_only_what_changed_goes_again(cloud: RunningSandbox, begin: Begin) -> None:
    staging.stage("product", [product(number) for number in range(30)])
    send(begin(), "product")
    assert there()["SKU-7"]["price"] == "12.5000"
    assert there()["SKU-7"]["stockqty"] == ""
    assert there()["SKU-7"]["updatedat"]

    cloud.reset_calls()
    assert staging.stage("product", [product(number) for number in range(30)]) == 0
    again = begin()
    send(again, "product")
    assert (handed_over(cloud), again.run.seen) == (0, 0)

    changed = [product(number, price=Decimal("9.99")) for number in (3, 4)]
    assert staging.stage("product", changed) == 2
    third = begin()
    send(third, "product")

    assert (handed_over(cloud), third.run.sent) == (1, 2)
    assert [there()[f"SKU-{n}"]["price"] for n in (2, 3, 4)] == ["12.5000", "9.9900", "9.9900"]


def test_a_call_takes_no_more_rows_than_the_batch_and_all_arrive(
    cloud: RunningSandbox, begin: Begin
) -> None:
    staging.stage("product", [product(number) for number in range(95)])

    context = begin(batch_size=10)
    send(context, "product")

    assert handed_over(cloud) == 10
    assert len(there()) == context.run.sent == context.total == 95


def test_a_deadlock_is_tried_again_in_the_same_run(cloud: RunningSandbox, begin: Begin) -> None:
    staging.stage("product", [product(number) for number in range(5)])
    cloud.fault("deadlock_row", row=3)

    context = begin()
    send(context, "product")

    assert sorted(there()) == [f"SKU-{number}" for number in range(5)]
    assert (context.run.sent, context.run.failed, context.run.held) == (5, 1, 0)
    assert open_cases() == []


def test_a_deadlock_that_does_not_end_becomes_a_case(cloud: RunningSandbox, begin: Begin) -> None:
    staging.stage("product", [product(1)])
    cloud.fault("deadlock_row", row=0, times=None)

    for _ in range(2):
        OutgoingRow.objects.update(not_before="2020-01-01T00:00:00Z")
        send(begin(max_attempts=3), "product")

    assert open_cases() == [("row_refused", 1)]
    assert "however often" in ExceptionCase.objects.get().occurrences.get().message


def test_a_row_refused_for_its_contents_is_a_case_and_the_others_arrive(
    cloud: RunningSandbox, begin: Begin
) -> None:
    rows = [product(number) for number in range(5)]
    rows[1] |= {"currency": "POUNDS"}
    rows[3] |= {"currency": "EUROS!"}
    staging.stage("product", rows)

    context = begin()
    send(context, "product")

    assert (context.run.sent, context.run.held) == (3, 2)
    assert sorted(there()) == ["SKU-0", "SKU-2", "SKU-4"]
    assert open_cases() == [("row_refused", 2)]
    cloud.reset_calls()
    send(begin(), "product")
    assert handed_over(cloud) == 0, "what was refused does not go again as it is"


def test_a_refused_row_that_is_put_right_goes_by_itself_and_its_case_closes(
    cloud: RunningSandbox, begin: Begin
) -> None:
    staging.stage("product", [product(1, currency="POUNDS")])
    send(begin(), "product")
    assert open_cases() == [("row_refused", 1)]

    staging.stage("product", [product(1, currency="GBP")])
    send(begin(), "product")

    assert there()["SKU-1"]["currency"] == "GBP"
    assert open_cases() == []


def test_a_row_that_goes_back_to_what_was_confirmed_closes_its_case_too(
    cloud: RunningSandbox, begin: Begin
) -> None:
    for currency in ("GBP", "POUNDS", "GBP"):
        staging.stage("product", [product(1, currency=currency)])
        send(begin(), "product")

    assert open_cases() == []
    assert there()["SKU-1"]["currency"] == "GBP"


def test_a_refused_row_is_sent_again_when_somebody_says_so(
    cloud: RunningSandbox, begin: Begin
) -> None:
    staging.stage("product", [product(1, currency="POUNDS"), product(2)])
    send(begin(), "product")
    cloud.reset_calls()

    assert staging.send_again("product", ["SKU-1", "SKU-2"]) == 1
    context = begin()
    send(context, "product")

    assert (handed_over(cloud), context.run.seen, context.run.held) == (1, 1, 1)
    assert open_cases() == [("row_refused", 1)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "throttle", "seconds": 0.1},
        {"kind": "expired_token"},
        {"kind": "server_error"},
        {"kind": "reset", "when": "after"},
    ],
    ids=lambda fault: str(fault["kind"]),
)
def test_a_passing_trouble_is_waited_out(
    cloud: RunningSandbox, begin: Begin, fault: dict[str, Any]
) -> None:
    staging.stage("product", [product(number) for number in range(3)])
    cloud.fault(path="async", **fault)

    context = begin()
    send(context, "product")

    assert (len(there()), context.run.sent) == (3, 3)


def test_rows_whose_outcome_was_never_learnt_go_again(cloud: RunningSandbox, begin: Begin) -> None:
    """The worker dies between handing over and asking."""
    staging.stage("product", [product(1)])
    cloud.fault("wrong_shape", path="async/.*/status")
    first = begin()
    send(first, "product")
    assert (first.run.sent, first.run.failed) == (0, 1)

    second = begin()
    send(second, "product")

    assert second.run.sent == 1
    assert list(there()) == ["SKU-1"]


def test_what_goes_back_to_what_was_confirmed_goes_after_a_doubt(
    cloud: RunningSandbox, begin: Begin
) -> None:
    """Marketing Cloud may have written what was sent in between: sold out, and in stock again."""
    staging.stage("product", [product(1, stock=5), product(2)])
    send(begin(), "product")
    staging.stage("product", [product(1, stock=0)])
    cloud.fault("wrong_shape", path="async/.*/status")
    send(begin(), "product")
    assert there()["SKU-1"]["stockqty"] == "0.000"

    staging.stage("product", [product(1, stock=5)])
    last = begin()
    send(last, "product")

    assert there()["SKU-1"]["stockqty"] == "5.000"
    assert last.run.sent == 1


def test_content_that_changes_while_it_is_under_way_goes_again(
    cloud: RunningSandbox, begin: Begin
) -> None:
    staging.stage("product", [product(1)])
    (taken,) = due("product", 10)

    staging.stage("product", [product(1, name="Newer")])
    verdict.store(target_of("product"), taken, [RowOutcome(0, ok=True)], 3)
    send(begin(), "product")

    assert there()["SKU-1"]["name"] == "Newer"


def test_a_missing_data_extension_is_one_case_and_heals(
    cloud: RunningSandbox, begin: Begin
) -> None:
    table = TargetTable.objects.create(part="product", data_extension="PRIMA_Produkt")
    staging.stage("product", [product(number) for number in range(30)])

    with pytest.raises(Rejected):
        send(begin(), "product")

    assert open_cases() == [("target_table_refused", 1)]
    table.delete()
    send(begin(), "product")
    assert open_cases() == []
    assert len(there()) == 30


def test_a_refusal_of_every_row_stops_at_the_first_answer(
    cloud: RunningSandbox, begin: Begin
) -> None:
    staging.stage("product", [product(number, currency="POUNDS") for number in range(200)])

    with pytest.raises(Rejected, match="every row"):
        send(begin(batch_size=25), "product")

    assert handed_over(cloud) <= 4
    assert open_cases() == [("target_table_refused", 1)]
    assert not OutgoingRow.objects.exclude(refused_hash="").exists()


def test_a_run_that_is_to_stop_finishes_what_is_under_way(
    cloud: RunningSandbox, begin: Begin
) -> None:
    staging.stage("product", [product(number) for number in range(100)])
    context = begin(batch_size=10)
    context.watch = lambda progress: context.stopping.set()

    send(context, "product")

    assert 10 <= context.run.sent == len(there()) <= 50
    rest = begin()
    send(rest, "product")
    assert rest.run.sent + context.run.sent == 100


def test_a_batch_costs_the_same_few_statements_however_many_rows(
    cloud: RunningSandbox, begin: Begin
) -> None:
    counts = []
    for first, size in ((0, 5), (100, 60)):
        staging.stage("product", [product(first + number) for number in range(size)])
        context = begin()
        context.remotes.sfmc().who_am_i()
        context.beat()
        with CaptureQueriesContext(database) as told:
            send(context, "product")
        rows = [one["sql"] for one in told if "sync_outgoingrow" in one["sql"]]
        counts.append(len(rows))

    assert counts == [
        4,
        4,
    ]  # How many wait, the batch, its confirmation, and that there is no more.


def test_staging_many_rows_is_one_statement(cloud: RunningSandbox) -> None:
    with CaptureQueriesContext(database) as told:
        assert staging.stage("product", (product(number) for number in range(1_000))) == 1_000
    assert len(told) == 1
