"""The floor: the same reads and the same posts with plain sessions, and no checks of any kind."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any

from connectors.management.measuring.report import Tell
from connectors.management.measuring.turns import Stopwatch, taken
from connectors.management.orders_bench.bodies import Body, booked_after
from connectors.management.orders_bench.plain import PlainCloud, PlainPrima, prima_headers
from connectors.prima.rest.adapter import CODE_LISTS
from connectors.sfmc.data_extensions import PAGE_SIZE
from connectors.sync.orders.world_loader import load_reference

CREATED = 201


class FloorFailed(Exception):
    """An order was not booked, so the time would say nothing."""


def measure(given: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Given the `sandbox`, its sign-in and the folder of `turns`: the `seconds` all of them took.

    The first turn reads; in the others, what the desk has booked since is posted again. What is
    posted is written outside the clock.
    """
    watch, last, turns = Stopwatch(), 0, taken(Path(given["turns"]))
    next(turns)
    watch.start()
    headers = _read_all(given, tell)
    watch.stop()
    reading = watch.seconds
    connections = load_reference().capabilities.limits.concurrency
    primas = [PlainPrima(given["sandbox"], headers) for _ in range(connections)]
    for _ in turns:
        bodies, last = booked_after(last)
        watch.start()
        _post_all(primas, bodies)
        watch.stop()
    return {"seconds": watch.seconds, "reading": reading, "sending": watch.seconds - reading}


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


def _post_all(primas: Sequence[PlainPrima], bodies: Iterable[Body]) -> None:
    """One session a connection, all taking from one pile."""
    pile, guard = iter(bodies), Lock()

    def post(prima: PlainPrima) -> None:
        while True:
            with guard:
                body = next(pile, None)
            if body is None:
                return
            if prima.place(body.key, body.content) != CREATED:
                raise FloorFailed(f"Order {body.key} was not booked.")

    with ThreadPoolExecutor(len(primas)) as pool:
        list(pool.map(post, primas))
