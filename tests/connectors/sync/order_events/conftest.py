"""A small shop with all its orders in Prima."""

from collections.abc import Iterator

import pytest

from connectors.sandbox.running import RunningSandbox, running
from connectors.sandbox.scenarios import happy_day
from tests.connectors.sync.desk import connect, map_as
from tests.connectors.sync.order_events.orders import listen, run


@pytest.fixture(scope="session")
def served_few() -> Iterator[RunningSandbox]:
    with running(happy_day.build(orders=12)) as sandbox:
        yield sandbox


@pytest.fixture
def booked(served_few: RunningSandbox, transactional_db: None) -> RunningSandbox:
    """Twelve orders in Prima, whose customers were told so."""
    served_few.reload()
    connect(served_few)
    map_as(served_few.scenario)
    for flow in ("prima_reference", "campaign_orders", "orders_to_prima"):
        run(flow)
    listen()
    return served_few
