"""Orders are read from Marketing Cloud once, however they come, change and repeat."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from connectors.sandbox.running import RunningSandbox, running
from connectors.sfmc.rows import RowWrite
from connectors.sync import connections, inbox, runner
from connectors.sync.models import Cursor, FlowSetting, SyncItem, SyncRun
from exceptions.models import Occurrence
from integration.mapping.models import SourceTable
from integration.mirror.models import CampaignOrder, PrimaOrder
from tests.connectors.sync.desk import HAPPY_DAY, connect, hurry, states

KEY, ANOTHER = HAPPY_DAY[:2]


@pytest.fixture
def desk(happy_day: RunningSandbox) -> RunningSandbox:
    runner.run("prima_reference")
    return happy_day


def read() -> SyncRun:
    done = runner.run("campaign_orders")
    assert done is not None
    assert done.traceback == ""
    return done


def write(part: str, keys: dict[str, str], **values: Any) -> None:
    """Somebody changes a row in Marketing Cloud."""
    client = connections.sfmc()
    outcomes = client.data_extensions.upsert_rows(part, [RowWrite(keys, values)])
    assert [one.ok for one in outcomes] == [True]
    client.close()


def touch(key: str, **values: Any) -> None:
    write("Campaign_Order", {"OrderKey": key}, ModifiedDate=timezone.now(), **values)


def test_pages_that_repeat_and_windows_that_overlap_make_one_order_each(desk: RunningSandbox):
    # given
    FlowSetting.objects.update_or_create(flow="campaign_orders", defaults={"batch_size": 7})

    # when
    first, second = read(), read()

    # then
    assert CampaignOrder.objects.count() == 60
    assert states() == {"waiting": 60}
    assert first.sent == 60
    assert second.sent == 0
    assert second.seen < 10


def test_reading_twenty_orders_takes_few_calls(desk: RunningSandbox):
    desk.reset_calls()
    read()
    reads = sum(n for path, n in desk.calls().items() if "customobjectdata" in path)
    assert reads == 4  # those without a date, one page of headers, its lines and its promotions


def test_an_order_changed_before_it_was_sent_goes_as_it_is_now(desk: RunningSandbox):
    # given
    read()

    # when
    touch(KEY, CustomerPO="PO-77")
    changed = read()
    runner.run("orders_to_prima")

    # then
    assert changed.sent == 1
    assert states() == {"sent": 60}
    sent = PrimaOrder.objects.get(campaign_order__key=KEY)
    assert sent.payload["customer_po"] == "PO-77"


def test_an_order_changed_after_it_was_sent_is_a_case_until_it_is_as_before(desk: RunningSandbox):
    # given
    read()
    runner.run("orders_to_prima")

    # when
    touch(KEY, CustomerPO="PO-77")
    read()

    # then
    occurrence = Occurrence.objects.get()
    assert (occurrence.external_id, occurrence.case.kind) == (KEY, "order_changed_after_sending")
    assert states() == {"sent": 60}

    # when
    touch(KEY, CustomerPO="")
    read()

    # then
    occurrence.refresh_from_db()
    assert occurrence.closed_at is not None


def test_only_another_time_of_change_is_no_change(desk: RunningSandbox):
    read()
    touch(KEY)
    assert read().sent == 0


def test_a_header_whose_lines_come_later_waits_and_is_no_case(desk: RunningSandbox):
    # given
    read()
    touch(KEY, LineCount="3")
    read()
    item = SyncItem.objects.get(external_id=KEY)
    assert (item.state, item.reason) == ("waiting", inbox.AWAITED)
    assert item.not_before is not None
    assert item.not_before > timezone.now() + timedelta(minutes=9)

    # when
    runner.run("orders_to_prima")
    touch(KEY, LineCount="2")
    read()
    runner.run("orders_to_prima")

    # then
    assert states() == {"sent": 60}
    assert not Occurrence.objects.exists()


def test_lines_that_never_come_are_a_case_after_the_time_of_grace(desk: RunningSandbox):
    # given
    read()
    touch(KEY, LineCount="3")
    read()

    # when: the time of grace is over
    hurry()
    runner.run("orders_to_prima")

    # then
    assert states() == {"sent": 59, "held": 1}
    occurrence = Occurrence.objects.get()
    assert (occurrence.external_id, occurrence.case.kind) == (KEY, "unreadable_order")

    # when: the missing line comes after all, and nobody touches the header
    order = CampaignOrder.objects.get(key=KEY)
    spare = {**order.payload["lines"][0], "line_no": "3"}
    write(
        "Campaign_Order_Line",
        {"RowId": f"{KEY}-3"},
        OrderKey=KEY,
        LineNo="3",
        SKU=spare["sku"],
        Quantity="1",
        UnitPrice="0.00",
        Description="A present",
    )
    read()
    runner.run("orders_to_prima")

    # then
    order.refresh_from_db()
    assert len(order.payload["lines"]) == 3
    kinds = Occurrence.objects.filter(closed_at__isnull=True).values_list("case__kind", flat=True)
    assert "unreadable_order" not in set(kinds)


def test_lines_without_a_header_are_found_and_wait_for_it(desk: RunningSandbox):
    # given
    read()
    write(
        "Campaign_Order_Line",
        {"RowId": "LOST-1-1"},
        OrderKey="LOST-1",
        LineNo="1",
        SKU="X",
        Quantity="1",
        UnitPrice="1.00",
    )

    # when
    runner.run("stray_lines")
    runner.run("stray_lines")

    # then
    item = SyncItem.objects.get(external_id="LOST-1")
    assert (item.state, item.reason) == ("waiting", inbox.AWAITED)
    assert CampaignOrder.objects.get(key="LOST-1").payload["lines"][0]["sku"] == "X"

    # when
    hurry()
    runner.run("orders_to_prima")

    # then
    assert Occurrence.objects.get(external_id="LOST-1").case.kind == "unreadable_order"


def test_an_order_dated_in_the_future_does_not_hide_those_of_today(desk: RunningSandbox):
    # given
    future = timezone.now() + timedelta(days=900)
    write("Campaign_Order", {"OrderKey": KEY}, ModifiedDate=future)
    read()
    cursor = Cursor.objects.get(flow="campaign_orders")
    assert cursor.value <= timezone.now().isoformat()

    # when
    touch(ANOTHER, CustomerPO="PO-9")
    read()

    # then
    order = CampaignOrder.objects.get(key=ANOTHER)
    assert order.payload["order"]["customer_po"] == "PO-9"


def test_an_order_that_never_says_when_it_changed_is_read_too(desk: RunningSandbox):
    # given
    read()
    write("Campaign_Order", {"OrderKey": "DATELESS-1"}, EmailAddress="a@b.example")

    # when
    read()

    # then
    assert CampaignOrder.objects.filter(key="DATELESS-1").exists()


def test_tables_with_other_names_and_columns_are_read_as_admin_says(transactional_db: None):
    # given
    text = {"type": "Text", "length": 50}
    scenario: Any = {
        "name": "renamed",
        "sfmc": {
            "packages": [{"client_id": "c", "client_secret": "s", "mid": 1}],
            "data_extensions": [
                {
                    "key": "Bestellung",
                    "name": "Bestellung",
                    "columns": [
                        {"name": "Nr", **text, "primary_key": True},
                        {"name": "Stand", "type": "Date"},
                        {"name": "Mail", **text},
                    ],
                    "rows": [{"Nr": "B-1", "Stand": "2026-11-20T10:00:00Z", "Mail": "a@b.example"}],
                },
                *(
                    {
                        "key": f"Campaign_Order_{part}",
                        "name": part,
                        "columns": [
                            {"name": "OrderKey", **text, "primary_key": True},
                            {"name": "SKU", **text},
                        ],
                        "rows": [{"OrderKey": "B-1", "SKU": "MUG"}] if part == "Line" else [],
                    }
                    for part in ("Line", "Promotion")
                ),
            ],
        },
        "prima": {"clients": [{"client_id": "c", "client_secret": "s"}]},
    }
    SourceTable.objects.create(
        part="order",
        data_extension="Bestellung",
        columns={"key": "Nr", "modified_at": "Stand", "email": "Mail"},
    )

    # when
    with running(scenario) as sandbox:
        connect(sandbox)
        read()

    # then
    order = CampaignOrder.objects.get()
    assert (order.key, order.email) == ("B-1", "a@b.example")
    assert order.payload["lines"][0]["sku"] == "MUG"


@pytest.mark.parametrize("kind", ["throttle", "server_error", "wrong_shape", "reset"])
def test_a_fault_of_marketing_cloud_costs_no_order(desk: RunningSandbox, kind: str):
    # given
    desk.fault(kind, path="customobjectdata", times=1)

    # when
    failed = read()
    hurry("campaign_orders")
    read()

    # then
    assert failed.status == SyncRun.Status.FAILED
    assert failed.message
    assert CampaignOrder.objects.count() == 60


def test_a_token_is_asked_for_once_and_again_when_it_is_refused(desk: RunningSandbox):
    # given
    desk.reset_calls()

    # when
    read()
    read()
    desk.fault("expired_token", path="customobjectdata", times=1)
    read()

    # then
    asked = {path: n for path, n in desk.calls().items() if path.endswith("/v2/token")}
    assert list(asked.values()) == [2]
