"""Stock of Prima arrives in Marketing Cloud: what changed, as it is known, and nothing is made up."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from connectors.sandbox.running import RunningSandbox, running
from connectors.sync import connections, runner
from connectors.sync.models import Cursor, OutgoingRow, SyncRun
from integration.mapping.models import ProductMapping, StockClass
from integration.mirror.models import BookedOrder, PrimaItem, Stock
from tests.connectors.sync.desk import at_prima, connect, map_as
from tests.journeys.desk import world

FLOWS = ("prima_reference", "prima_stock", "products_to_sfmc")
ITEM = "SMOCK-POTTER|NAVY|S"


@pytest.fixture(scope="module")
def served() -> Iterator[RunningSandbox]:
    told = world(right=2, wrong=0)
    told["sfmc"]["async_seconds"] = 0.02
    with running(told) as sandbox:
        yield sandbox


@pytest.fixture
def shop(served: RunningSandbox, transactional_db: None) -> RunningSandbox:
    served.reload()
    connect(served)
    map_as(served.scenario)
    return served


def sync(*flows: str, by: str = "a test") -> SyncRun:
    run = None
    for flow in flows or FLOWS:
        run = runner.run(flow, started_by=by)
        assert run is not None
        assert run.status == SyncRun.Status.SUCCEEDED, run.message + run.traceback
    assert run is not None
    return run


def products() -> dict[str, dict[str, str | None]]:
    client = connections.sfmc()
    try:
        pages = list(client.data_extensions.read_rows("PRIMA_Product"))
    finally:
        client.close()
    return {str(row.keys["sku"]): row.columns() for page in pages for row in page.rows}


def handed_over(sandbox: RunningSandbox) -> int:
    return sum(n for call, n in sandbox.calls().items() if "dataextensions" in call)


def test_every_product_arrives_under_primas_code_and_the_campaigns(shop: RunningSandbox) -> None:
    sync()

    there = products()
    mapping = ProductMapping.objects.filter(prima_sku=ITEM).get()
    at_code, at_sku = there[ITEM], there[mapping.source_sku]
    assert Decimal(at_code["stockqty"] or "") == Stock.objects.get(sku_key=ITEM).free_stock
    assert (at_code["stockstatus"], at_code["instock"], at_code["inrange"]) == (
        "known",
        "True",
        "True",
    )
    assert (at_code["price"], at_code["currency"]) == ("54.0000", "GBP")
    assert at_sku["stockqty"] == at_code["stockqty"]
    sold = PrimaItem.objects.filter(status="active").exclude(kind="charge")
    assert set(sold.values_list("sku_key", flat=True)) <= set(there)


def test_unknown_is_not_zero_and_a_service_is_always_there(shop: RunningSandbox) -> None:
    sync()

    kit = products()["SET-001"]
    assert (kit["stockqty"], kit["stockstatus"], kit["instock"]) == ("", "unknown", "False")
    assert Stock.objects.get(sku_key="SET-001").free_stock is None
    service = PrimaItem.objects.filter(kind="service", status="active")[0]
    told = products()[service.sku_key]
    assert (told["stockqty"], told["stockstatus"], told["instock"]) == ("", "not kept", "True")


def test_zero_is_zero_and_below_zero_is_none_to_sell(shop: RunningSandbox) -> None:
    at_prima(shop, "PUT", f"availability/{ITEM}", free_stock="-3", available_date="2027-01-15")
    sync()

    told = products()[ITEM]
    assert (told["stockqty"], told["stockstatus"], told["instock"]) == ("0.000", "known", "False")
    assert str(told["availabledate"]).startswith("1/15/2027")


def test_only_what_changed_goes(shop: RunningSandbox) -> None:
    sync()
    shop.reset_calls()
    again = sync()
    assert (handed_over(shop), again.seen) == (0, 0)

    at_prima(shop, "PUT", f"availability/{ITEM}", free_stock="7")
    changed = sync()

    assert handed_over(shop) == 1
    assert changed.sent == 2, "under Prima's code and under the campaign's SKU"
    assert products()[ITEM]["stockqty"] == "7.000"


def test_an_item_that_is_blocked_is_marked_and_not_deleted(shop: RunningSandbox) -> None:
    sync()
    at_prima(shop, "PATCH", f"items/{ITEM}", status="blocked")
    sync()

    told = products()[ITEM]
    assert (told["inrange"], told["instock"], told["stockqty"]) == ("False", "False", "")


def test_an_item_deleted_in_prima_is_marked_too(shop: RunningSandbox) -> None:
    sync()
    count = len(products())
    at_prima(shop, "DELETE", f"items/{ITEM}")
    sync()

    assert products()[ITEM]["inrange"] == "False"
    assert len(products()) == count


def test_a_campaign_sku_that_is_mapped_no_more_is_marked(shop: RunningSandbox) -> None:
    sync()
    mapping = ProductMapping.objects.filter(prima_sku=ITEM).get()
    mapping.valid_to = timezone.localdate() - timedelta(days=1)
    mapping.save()
    sync("products_to_sfmc")

    assert products()[mapping.source_sku]["inrange"] == "False"
    assert products()[ITEM]["inrange"] == "True"


def test_what_prima_counts_no_more_becomes_unknown(shop: RunningSandbox) -> None:
    sync()
    Stock.objects.create(
        sku_key="GONE", status="known", free_stock=5, read_at=timezone.now() - timedelta(days=1)
    )
    at_prima(shop, "POST", "cursors/expire", resource="availability")
    sync("prima_stock")

    assert Stock.objects.get(sku_key="GONE").free_stock is None
    assert Stock.objects.get(sku_key=ITEM).free_stock is not None


def test_an_older_count_does_not_replace_a_newer_one(shop: RunningSandbox) -> None:
    sync()
    later = timezone.now() + timedelta(hours=1)
    Stock.objects.filter(sku_key=ITEM).update(free_stock=1, as_of=later)
    shop.fault("late_changes", path="availability", entries=500)
    shop.fault("duplicate_changes", path="availability", after=1)
    at_prima(shop, "PUT", f"availability/{ITEM}", free_stock="99")

    sync("prima_stock")
    sync("prima_stock")

    assert Stock.objects.get(sku_key=ITEM).free_stock == 1


def test_fast_movers_go_at_once_and_the_rest_when_its_turn_comes(shop: RunningSandbox) -> None:
    StockClass.objects.all().delete()
    StockClass.objects.create(name="Fast", place=1, every_minutes=5, skus=f"{ITEM}\nOTHER")
    StockClass.objects.create(name="Rest", place=9, every_minutes=60)
    sync()
    other = Stock.objects.filter(free_stock__gt=0).exclude(sku_key__startswith="SMOCK")[0].sku_key
    for key in (ITEM, other):
        at_prima(shop, "PUT", f"availability/{key}", free_stock="3")
    sync("prima_stock")

    pass_minutes(10)
    sync("products_to_sfmc", by="schedule")
    assert [products()[key]["stockqty"] == "3.000" for key in (ITEM, other)] == [True, False]

    pass_minutes(51)
    sync("products_to_sfmc", by="schedule")
    assert products()[other]["stockqty"] == "3.000"


@pytest.mark.parametrize(
    "rule",
    [
        {"seasons": "aw26"},
        {"kinds": "Stock"},
        {"sold_within_days": 7},
        {"brands": "No such, AW26x"},
    ],
    ids=lambda rule: next(iter(rule)),
)
def test_a_class_takes_items_by_its_rule(shop: RunningSandbox, rule: dict[str, object]) -> None:
    StockClass.objects.all().delete()
    sync()
    StockClass.objects.create(name="Chosen", place=1, every_minutes=5, **rule)
    BookedOrder.objects.create(
        prima_id="1", order_number="1", currency="GBP", order_date=timezone.localdate(),
        data={"lines": [{"sku": ITEM}]}, read_at=timezone.now(), confirmed_at=timezone.now(),
    )  # fmt: skip
    Cursor.objects.filter(flow__startswith="stock_class").update(moved_at=timezone.now())
    at_prima(shop, "PUT", f"availability/{ITEM}", free_stock="3")
    sync("prima_stock")

    sync("products_to_sfmc", by="schedule")

    is_in = "brands" not in rule
    assert (products()[ITEM]["stockqty"] == "3.000") is is_in


def test_a_scheduled_run_with_nobodys_turn_sends_nothing_new(shop: RunningSandbox) -> None:
    sync()
    at_prima(shop, "PUT", f"availability/{ITEM}", free_stock="3")
    sync("prima_stock")
    shop.reset_calls()

    sync("products_to_sfmc", by="schedule")

    assert handed_over(shop) == 0
    assert OutgoingRow.objects.get(key=ITEM).values["stock"] != "3"


def pass_minutes(minutes: int) -> None:
    for cursor in Cursor.objects.filter(flow__startswith="stock_class"):
        assert cursor.moved_at is not None
        cursor.moved_at -= timedelta(minutes=minutes)
        cursor.save()
