"""A desk connected to a running sandbox, with the mappings of its scenario."""

from typing import Any

import requests
from django.core.cache import cache
from django.utils import timezone

from connectors.sandbox import scenario
from connectors.sandbox.prima.records import every
from connectors.sandbox.running import RunningSandbox
from connectors.sync.models import Connection, SyncItem
from integration.mapping.models import (
    BackInStock,
    MilestoneEvent,
    OrderPolicy,
    ProductMapping,
    PromotionMapping,
    TaxRule,
    ValueMapping,
)

FAST = 100_000
HAPPY_DAY = tuple(
    row["OrderKey"] for row in scenario.load("happy_day")["sfmc"]["data_extensions"][0]["rows"]
)
"""The keys of a happy day's orders, oldest first. They hold the day, so no test may know them."""


def connect(sandbox: RunningSandbox, *, calls_per_second: int = FAST, timeout: int = 5) -> None:
    """Both connections, as an admin would set them."""
    cache.clear()
    package = sandbox.scenario["sfmc"]["packages"][0]
    client = sandbox.scenario["prima"]["clients"][0]
    common = {"calls_per_second": calls_per_second, "timeout_seconds": timeout}
    Connection.objects.create(
        system="sfmc",
        base_url=sandbox.sfmc_auth_url,
        client_id=package["client_id"],
        client_secret=package["client_secret"],
        account_id=str(package["mid"]),
        inbound_secret="push-secret",
        **common,
    )
    Connection.objects.create(
        system="prima",
        base_url=f"{sandbox.prima_url}/main",
        client_id=client["client_id"],
        client_secret=client["client_secret"],
        **common,
    )


def map_as(scenario: Any) -> None:
    """The mappings of the scenario."""
    told = scenario["mappings"]
    ProductMapping.objects.bulk_create(ProductMapping(**row) for row in told["products"])
    PromotionMapping.objects.bulk_create(PromotionMapping(**row) for row in told["promotions"])
    ValueMapping.objects.bulk_create(ValueMapping(**row) for row in told["values"])
    TaxRule.objects.bulk_create(TaxRule(**row) for row in told["tax_rules"])
    if "back_in_stock" in told:
        BackInStock.objects.update_or_create(pk=1, defaults=told["back_in_stock"])
    MilestoneEvent.objects.bulk_create(MilestoneEvent(**row) for row in told["milestones"])
    OrderPolicy.objects.update_or_create(pk=1, defaults=told["policy"])


def states(flow: str = "orders_to_prima") -> dict[str, int]:
    """How many items are in which state."""
    found: dict[str, int] = {}
    for state in SyncItem.objects.filter(flow=flow).values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def booked_in_prima(sandbox: RunningSandbox) -> list[str]:
    """The external references of all orders that Prima holds."""
    app: Any = sandbox.server.front.apps["prima"]
    company = app._prima.companies["main"]
    with company.store.read() as db:
        return [one["external_ref"]["ref"] for one in every(db, company.at("sales-orders"))]


def at_prima(sandbox: RunningSandbox, method: str, path: str, **members: Any) -> None:
    """Something that goes on inside Prima: `at_prima(box, "PATCH", "items/X", status="blocked")`."""
    url = f"{sandbox.base_url}/prima/__control__/{path}"
    requests.request(method, url, json=members, timeout=10).raise_for_status()


def hurry(flow: str = "orders_to_prima", limit: int = 10_000) -> None:
    """Time passes until everything that was to be tried again is due."""
    due = SyncItem.objects.filter(flow=flow, state="waiting").order_by("not_before")[:limit]
    SyncItem.objects.filter(pk__in=list(due.values_list("pk", flat=True))).update(
        not_before=timezone.now()
    )
    Connection.objects.update(not_before=None)
