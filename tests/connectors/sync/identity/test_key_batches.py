"""Keys of many customers go to Prima in few calls, each of which weighs what it holds."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import Sum
from django.utils import timezone

from connectors.sandbox.running import RunningSandbox, running
from connectors.sync import connections, runner
from connectors.sync.identity import key_delivery
from connectors.sync.models import Connection, FlowCalls, FlowSetting, SyncItem, SyncRun
from exceptions.models import ExceptionCase
from integration.identity.models import Customer, CustomerLink
from integration.mirror.models import PrimaCustomer
from tests.connectors.sync.desk import connect

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 400
FLOW = "customer_keys"


def world(**capabilities: Any) -> dict[str, Any]:
    accounts = [{"account_code": f"C{n:04d}", "name": f"Customer {n}"} for n in range(MANY)]
    taken = {"account_code": "TAKEN", "name": "Taken Ltd"}
    taken["external_keys"] = [{"system": "sfmc", "key": "CK-TAKEN"}]  # type: ignore[assignment]
    return {
        "name": "many_accounts",
        "sfmc": {"packages": [{"client_id": "desk", "client_secret": "hush", "mid": "1"}]},
        "prima": {
            "clients": [{"client_id": "desk", "client_secret": "prima-secret"}],
            "capabilities": capabilities,
            "customers": [*accounts, taken],
        },
    }


@pytest.fixture(scope="module")
def served() -> Iterator[RunningSandbox]:
    with running(world()) as sandbox:
        yield sandbox


@pytest.fixture
def prima(served: RunningSandbox, transactional_db: None) -> RunningSandbox:
    served.reload()
    return ready(served)


def ready(sandbox: RunningSandbox) -> RunningSandbox:
    connect(sandbox)
    assert runner.run("prima_reference") is not None
    sandbox.reset_calls()
    return sandbox


def link(number: int, **keys: str) -> None:
    """The first accounts belong to contacts of their own, or of the key that is given."""
    customers = Customer.objects.bulk_create(Customer() for _ in range(number))
    CustomerLink.objects.bulk_create(
        CustomerLink(customer=customer, system=system, key=key, method="test", linked_by="test")
        for place, customer in enumerate(customers)
        for system, key in (
            ("prima", f"C{place:04d}"),
            ("sfmc", keys.get(f"C{place:04d}", f"CK-{place}")),
        )
    )


def run() -> SyncRun:
    row = runner.run(FLOW)
    assert row is not None
    row.refresh_from_db()
    return row


def paths(sandbox: RunningSandbox) -> dict[str, int]:
    """How often keys were written and accounts read, by method and the kind of address."""
    counts: dict[str, int] = {}
    for call, number in sandbox.calls().items():
        if "/v1/main/" in call:
            method, path = call.split(" ")
            kind = f"{method} {path.split('/v1/main/')[1].split('/')[0]}"
            counts[kind] = counts.get(kind, 0) + number
    return counts


def states() -> dict[str, str]:
    return dict(SyncItem.objects.filter(flow=FLOW).values_list("external_id", "state"))


def held_in_prima(code: str) -> str:
    return connections.prima().customer_by_account(code).external_keys.get("sfmc", "")


def test_four_hundred_keys_go_in_eight_calls_that_weigh_four_hundred(prima):
    link(MANY)

    row = run()

    assert (row.sent, row.held, row.failed) == (MANY, 0, 0)
    assert paths(prima) == {"POST batch": MANY // 50}
    # And one to sign in.
    assert row.calls == MANY + 1
    assert FlowCalls.objects.filter(flow=FLOW).aggregate(Sum("calls"))["calls__sum"] == MANY + 1
    assert set(states().values()) == {"sent"}
    assert PrimaCustomer.objects.exclude(contact_key="").count() == MANY + 1
    assert held_in_prima("C0399") == "CK-399"


@pytest.mark.parametrize(
    ("connection", "flow", "limits", "expected"),
    [
        (10_000, None, {}, 100),
        (10, None, {}, 10),
        (10_000, 7, {}, 7),
        (10_000, None, {"calls_per_second": 3}, 3),
        (10_000, None, {"batch_size": 20}, 20),
        (1, None, {}, 1),
    ],
)
def test_a_call_holds_what_prima_takes_and_no_more_than_a_second_may_bear(
    connection, flow, limits, expected, db
):
    Connection.objects.create(
        system="prima", base_url="http://127.0.0.1:9/prima/v1/main", client_id="desk",
        calls_per_second=connection, capabilities={"limits": limits},
    )  # fmt: skip

    assert key_delivery.at_once(FlowSetting(flow=FLOW, calls_per_second=flow)) == expected
    Connection.objects.update(capabilities={"batches": False})
    assert key_delivery.at_once(FlowSetting(flow=FLOW, calls_per_second=flow)) == 1


def test_each_of_a_batch_has_an_outcome_of_its_own(prima):
    link(6, C0002="CK-TAKEN")
    stale = PrimaCustomer.objects.get(account_code="C0004")
    PrimaCustomer.objects.filter(pk=stale.pk).update(data={**stale.data, "version": "older"})

    row = run()

    assert (row.seen, row.sent, row.held) == (6, 5, 1)
    assert {code for code, state in states().items() if state == "held"} == {"C0002"}
    case = ExceptionCase.objects.get(kind="customer_key_refused")
    assert case.facts["account"] == "C0002"
    assert "does not take it" in case.occurrences.get().message
    # The stale one alone was read again and written by itself.
    assert paths(prima) == {"POST batch": 1, "GET customers": 1, "PATCH customers": 1}
    assert held_in_prima("C0004") == "CK-4"
    assert held_in_prima("C0005") == "CK-5"


@pytest.mark.parametrize("fault", ["timeout_after", "timeout_before", "server_error"])
def test_a_batch_of_which_nobody_knows_goes_one_by_one_and_nothing_twice(fault, prima):
    Connection.objects.update(timeout_seconds=1)
    link(4)
    prima.fault(fault, method="POST", path="/prima/v1/main/batch", times=1)

    row = run()

    assert (row.sent, row.failed) == (4, 0)
    assert set(states().values()) == {"sent"}
    assert [held_in_prima(f"C000{n}") for n in range(4)] == [f"CK-{n}" for n in range(4)]
    counts = paths(prima)
    assert counts["POST batch"] == 1
    assert counts["PATCH customers"] == 4


def test_while_prima_is_down_one_waits_longer_and_the_others_are_put_back(prima):
    link(5)
    prima.fault("server_error", path="/prima/v1/main/*", times=100)

    row = run()

    assert (row.sent, row.failed, row.held) == (0, 1, 0)
    assert set(states().values()) == {"waiting"}
    attempts = SyncItem.objects.filter(flow=FLOW).values_list("attempts", flat=True)
    assert sorted(attempts) == [0, 0, 0, 0, 1]
    prima.clear_faults()
    Connection.objects.update(open_until=None, failures=0)
    SyncItem.objects.update(not_before=timezone.now())
    assert run().sent == 5


def test_a_prima_that_takes_no_batch_gets_each_key_by_itself(transactional_db):
    with running(world(resources={"batch": []})) as sandbox:
        ready(sandbox)
        link(4)

        row = run()

        assert row.sent == 4
        assert paths(sandbox) == {"PATCH customers": 4}


def test_part_of_a_batch_that_prima_slows_down_waits_and_goes_later(prima):
    link(8)
    limits = (
        prima.server.front.apps["prima"]._prima.companies["main"].capabilities.document["limits"]
    )
    limits["calls_per_second"] = 5

    try:
        row = run()
    finally:
        limits["calls_per_second"] = 0

    assert (row.sent, row.failed, row.held) == (5, 3, 0)
    waiting = SyncItem.objects.filter(flow=FLOW, state="waiting")
    assert [item.attempts for item in waiting] == [1, 1, 1]
    assert {item.last_error for item in waiting} == {
        "Prima asked to slow down. It said: Too many calls"
    }
    waiting.update(not_before=timezone.now())
    assert run().sent == 3


def test_a_batch_is_stored_in_few_queries(prima, django_assert_max_num_queries):
    link(2)
    run()
    CustomerLink.objects.all().delete()
    link(50)

    with django_assert_max_num_queries(75):
        assert run().sent == 48
