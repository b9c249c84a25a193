"""Who asked for it is told that a product is there: once, and nobody who said no."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from connectors.sandbox.running import RunningSandbox, running
from connectors.sfmc.journeys import Entry, Exit, Membership
from connectors.sfmc.rows import RowWrite
from connectors.sync import connections, runner
from connectors.sync.models import StockRequest, SyncRun
from exceptions.models import ExceptionCase
from integration.consent import ledger, suppression
from integration.consent.models import Propagation
from integration.mapping.models import BackInStock
from integration.records.audience import Recipient
from tests.connectors.sync.desk import at_prima, connect, map_as
from tests.factories.consent import opt_out
from tests.journeys import consent_desk as desk
from tests.journeys.desk import world

FLOW = "back_in_stock"
State = StockRequest.State


@pytest.fixture(scope="module")
def served() -> Iterator[RunningSandbox]:
    told = world(right=2, wrong=0)
    told["sfmc"]["async_seconds"] = 0.02
    with running(told) as sandbox:
        yield sandbox


@pytest.fixture
def shop(served: RunningSandbox, transactional_db: None) -> RunningSandbox:
    """Contacts wait; Marketing Cloud knows the products."""
    served.reload()
    connect(served)
    map_as(served.scenario)
    sync("prima_reference", "prima_stock", "products_to_sfmc", "contacts")
    return served


def sync(*flows: str) -> None:
    for flow in flows:
        run = runner.run(flow, started_by="a test")
        assert run is not None
        assert run.status in (SyncRun.Status.SUCCEEDED, SyncRun.Status.PARTLY), (
            run.message + run.traceback
        )


def entered(sandbox: RunningSandbox) -> list[str]:
    """The contacts that Marketing Cloud let in, each as often as it did."""
    app: Any = sandbox.server.front.apps["sfmc"]
    with app.cloud.store.read() as db:
        rows = db.execute("SELECT contact FROM entries WHERE error IS NULL ORDER BY at").fetchall()
    return [row["contact"] for row in rows]


def asked(sandbox: RunningSandbox) -> list[dict[str, str]]:
    tables = sandbox.scenario["sfmc"]["data_extensions"]
    return next(one["rows"] for one in tables if one["key"] == "Back_In_Stock")


def inside(contact: str) -> list[Membership]:
    client = connections.sfmc()
    try:
        return client.journeys.memberships([contact])
    finally:
        client.close()


def may_hear(sandbox: RunningSandbox) -> set[str]:
    """Contacts who asked, and are not unsubscribed."""
    no = {one["key"] for one in sandbox.scenario["sfmc"]["subscribers"]
          if one["status"] == "Unsubscribed"}  # fmt: skip
    return {row["ContactKey"] for row in asked(sandbox)} - no


def told_at_once(sandbox: RunningSandbox) -> set[str]:
    """Those of them whose product is in stock."""
    later = {row["ContactKey"] for row in asked(sandbox) if row["SKU"] == "SET-001"}
    return may_hear(sandbox) - later


def states() -> dict[str, int]:
    found: dict[str, int] = {}
    for state in StockRequest.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def ask(contact: str, sku: str, email: str = "", at: str = "") -> None:
    client = connections.sfmc()
    moment = at or timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        client.data_extensions.upsert_rows(
            "Back_In_Stock",
            [
                RowWrite(
                    {"ContactKey": contact, "SKU": sku},
                    {"EmailAddress": email, "RequestDate": moment},
                )
            ],
        )
    finally:
        client.close()


def test_who_waits_is_told_once_and_who_waits_for_the_unknown_waits(shop: RunningSandbox) -> None:
    sync(FLOW)
    there = told_at_once(shop)
    assert len(there) >= 3
    assert sorted(entered(shop)) == sorted(there)
    assert states()["waiting"] == sum(row["SKU"] == "SET-001" for row in asked(shop))

    sync(FLOW)
    assert len(entered(shop)) == len(there), "nobody is told twice"

    at_prima(shop, "PUT", "availability/SET-001", free_stock="5")
    sync("prima_stock", "products_to_sfmc", FLOW)
    assert sorted(entered(shop)) == sorted(may_hear(shop))
    assert set(states()) == {"sent", "left_out"}


def test_whoever_is_unsubscribed_there_is_not_told(shop: RunningSandbox) -> None:
    sync(FLOW)

    left_out = StockRequest.objects.filter(state=State.LEFT_OUT)
    assert {one.contact_key for one in left_out} >= {
        row["ContactKey"] for row in asked(shop) if row["SKU"] != "SET-001"
    } - may_hear(shop)
    assert {one.why for one in left_out} == {"Unsubscribed in Marketing Cloud."}
    assert left_out.exists()


def test_whoever_asks_again_later_is_told_again(shop: RunningSandbox) -> None:
    sync(FLOW)
    first = next(row for row in asked(shop) if row["SKU"] != "SET-001")
    ask(first["ContactKey"], first["SKU"], first["EmailAddress"])

    sync(FLOW)

    assert entered(shop).count(first["ContactKey"]) == 2


def test_who_opted_out_is_left_out_and_never_asked_about_in_marketing_cloud(
    shop: RunningSandbox,
) -> None:
    first = next(row for row in asked(shop) if row["SKU"] != "SET-001")
    ledger.record([opt_out(first["EmailAddress"])])

    sync(FLOW)

    assert first["ContactKey"] not in entered(shop)
    request = StockRequest.objects.get(contact_key=first["ContactKey"])
    assert (request.state, request.why) == (State.LEFT_OUT, "Opted out.")


def test_the_address_typed_in_the_request_is_asked_about_as_well(shop: RunningSandbox) -> None:
    first = next(row for row in asked(shop) if row["SKU"] != "SET-001")
    StockRequest.objects.all().delete()
    ask(first["ContactKey"], first["SKU"], "typed.another@example.com")
    ledger.record([opt_out("typed.another@example.com")])

    sync(FLOW)

    assert first["ContactKey"] not in entered(shop)
    request = StockRequest.objects.get(contact_key=first["ContactKey"])
    assert (request.state, request.why) == (State.LEFT_OUT, "Opted out.")


def test_whoever_asks_twice_while_waiting_is_told_once(shop: RunningSandbox) -> None:
    waits = next(row for row in asked(shop) if row["SKU"] == "SET-001")
    sync(FLOW)
    ask(waits["ContactKey"], "SET-001", waits["EmailAddress"])
    sync(FLOW)
    at_prima(shop, "PUT", "availability/SET-001", free_stock="5")

    sync("prima_stock", "products_to_sfmc", FLOW)

    assert entered(shop).count(waits["ContactKey"]) == 1
    told = StockRequest.objects.filter(contact_key=waits["ContactKey"], sku="SET-001")
    assert [(one.state, one.why) for one in told] == [
        (State.LAPSED, "Asked again later."),
        (State.SENT, ""),
    ]


def test_a_no_that_comes_while_the_entry_is_on_its_way_is_not_outrun(shop: RunningSandbox) -> None:
    """The gate was asked, the call is slow: the contact is not in the journey yet, and will be."""
    first = next(row for row in asked(shop) if row["SKU"] != "SET-001")
    sync(FLOW)
    client = connections.sfmc()
    exits = [Exit(one.contact_key, one.journey_key) for one in inside(first["ContactKey"])]
    client.journeys.exit(exits)
    StockRequest.objects.update(state=State.SENDING, sending_at=timezone.now())
    cleared = suppression.allowed(
        [Recipient(first["ContactKey"], email=first["EmailAddress"])], "email", "marketing"
    )
    [event] = ledger.record([opt_out(first["EmailAddress"])])
    way = Propagation.objects.get(target="sfmc", event=event)

    sync("consent_to_sfmc")
    way.refresh_from_db()
    assert way.step == "leave"
    client.journeys.enter_many(
        "back-in-stock-entry", [Entry(first["ContactKey"], {"SKU": first["SKU"]})], cleared
    )
    client.close()
    StockRequest.objects.update(state=State.SENT, done_at=timezone.now() - timedelta(minutes=2))
    assert inside(first["ContactKey"])

    desk.until_confirmed()

    assert inside(first["ContactKey"]) == []
    way.refresh_from_db()
    assert way.step == "done"


def test_without_an_address_nobody_is_told(shop: RunningSandbox) -> None:
    sku = asked(shop)[0]["SKU"]
    ask("C-NOBODY", sku)

    sync(FLOW)

    assert StockRequest.objects.get(contact_key="C-NOBODY").state == State.LEFT_OUT
    assert "C-NOBODY" not in entered(shop)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_doubtful_answer_is_asked_about_and_nobody_is_told_twice(
    shop: RunningSandbox, when: str
) -> None:
    shop.fault("reset", path="async/events$", when=when)
    assert runner.run(FLOW) is not None
    assert "sending" in states()

    sync(FLOW)
    assert when == "after" or "sending" in states(), "the log may be behind"
    StockRequest.objects.update(sending_at=timezone.now() - timedelta(minutes=3))
    sync(FLOW)

    there = told_at_once(shop)
    assert sorted(entered(shop)) == sorted(there)
    assert "sending" not in states()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["throttle", "expired_token"])
def test_a_passing_trouble_costs_nobody_the_message(shop: RunningSandbox, kind: str) -> None:
    shop.fault(kind, path="async/events$", seconds=0.1)
    runner.run(FLOW)
    sync(FLOW)

    there = told_at_once(shop)
    assert sorted(entered(shop)) == sorted(there)


def test_an_event_nobody_knows_is_a_case_that_heals(shop: RunningSandbox) -> None:
    BackInStock.objects.update(event_key="no-such-event")
    run = runner.run(FLOW)
    assert run is not None
    assert run.status == SyncRun.Status.FAILED
    case = ExceptionCase.objects.get(kind="entry_refused")
    assert case.open_count == 1
    assert set(states()) == {"waiting", "left_out"}

    BackInStock.objects.update(event_key="back-in-stock-entry")
    sync(FLOW)
    assert entered(shop)
    case.refresh_from_db()
    assert case.open_count == 0


def test_nobody_is_told_while_no_journey_is_named(shop: RunningSandbox) -> None:
    BackInStock.objects.update(event_key="")
    sync(FLOW)

    assert entered(shop) == []


def test_a_request_that_waited_too_long_lapses(shop: RunningSandbox) -> None:
    old = (timezone.now() - timedelta(days=200)).strftime("%Y-%m-%dT%H:%M:%SZ")
    ask("C-OLD", "SET-001", "old@example.com", old)

    sync(FLOW)

    assert StockRequest.objects.get(contact_key="C-OLD").state == State.LAPSED
