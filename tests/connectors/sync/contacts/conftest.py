"""A small shop with contacts and accounts in both systems, read in once."""

from collections.abc import Iterator

import pytest

from connectors.sandbox.running import RunningSandbox, running
from connectors.sync import runner
from tests.connectors.sync.contacts.both import sync
from tests.connectors.sync.desk import connect, map_as
from tests.journeys.desk import world


@pytest.fixture(scope="module")
def served_shop() -> Iterator[RunningSandbox]:
    scenario = world(right=2, wrong=0)
    scenario["sfmc"]["async_seconds"] = 0.05
    with running(scenario) as sandbox:
        yield sandbox


@pytest.fixture
def shop(served_shop: RunningSandbox, transactional_db: None) -> RunningSandbox:
    """Both systems read in, nothing compared yet."""
    served_shop.reload()
    connect(served_shop)
    map_as(served_shop.scenario)
    for flow in ("prima_reference", "contacts"):
        assert runner.run(flow) is not None
    return served_shop


@pytest.fixture
def settled(shop: RunningSandbox) -> RunningSandbox:
    """Everything compared, and what followed read back."""
    sync()
    sync()
    return shop
