"""The floor: the same reads and the same posts with plain sessions, and no checks of any kind."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from time import perf_counter
from typing import Any

from connectors.management.measuring.report import Tell
from connectors.management.orders_bench.bodies import Body, read_bodies
from connectors.management.orders_bench.plain import PlainCloud, PlainPrima, prima_headers
from connectors.prima.rest.adapter import CODE_LISTS
from connectors.sfmc.data_extensions import PAGE_SIZE

CREATED = 201


class FloorFailed(Exception):
    """An order was not booked, so the time would say nothing."""


def measure(given: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Given the `sandbox`, its sign-in, `bodies` and how many `connections`: the `seconds`."""
    bodies = read_bodies(Path(given["bodies"]))
    begun = perf_counter()
    headers = _read_all(given, tell)
    read = perf_counter()
    _post_all(given, headers, bodies, tell)
    done = perf_counter()
    return {"seconds": done - begun, "reading": read - begun, "sending": done - read}


def _read_all(given: Mapping[str, Any], tell: Tell) -> dict[str, str]:
    sign_in = given["client_id"], given["client_secret"]
    headers = prima_headers(given["sandbox"], *sign_in)
    prima = PlainPrima(given["sandbox"], headers)
    prima.get("/capabilities")
    for resource in ("tax-codes", *CODE_LISTS.values()):
        prima.get(f"/{resource}")
    for feed in ("customers", "items"):
        for page in prima.feed(feed):
            tell(f"{len(page['items']):,} {feed}")
    cloud = PlainCloud(given["sandbox"], *sign_in, given["account_id"])
    for extension in given["extensions"]:
        for page in cloud.rows(extension, PAGE_SIZE):
            tell(f"{page['count']:,} rows of {extension}")
    return headers


def _post_all(
    given: Mapping[str, Any], headers: Mapping[str, str], bodies: list[Body], tell: Tell
) -> None:
    """One session a connection, all taking from one pile."""
    pile, guard = iter(enumerate(bodies)), Lock()

    def post() -> None:
        prima = PlainPrima(given["sandbox"], headers)
        while True:
            with guard:
                place, body = next(pile, (len(bodies), None))
            if body is None:
                return
            if prima.place(body.key, body.content) != CREATED:
                raise FloorFailed(f"Order {body.key} was not booked.")
            tell(f"{place:,} of {len(bodies):,} orders")

    with ThreadPoolExecutor(given["connections"]) as pool:
        for done in [pool.submit(post) for _ in range(given["connections"])]:
            done.result()
