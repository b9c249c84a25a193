"""A sandbox for the whole module, put back before each test, and a desk connected to it."""

from collections.abc import Iterator

import pytest

from connectors.sandbox.running import RunningSandbox, running
from tests.connectors.sync.desk import connect, map_as


@pytest.fixture(scope="session")
def served_happy_day() -> Iterator[RunningSandbox]:
    with running("happy_day") as sandbox:
        yield sandbox


@pytest.fixture
def happy_day(served_happy_day: RunningSandbox, transactional_db: None) -> RunningSandbox:
    """Sixty orders, all of them right; both connections and all mappings are set."""
    served_happy_day.reload()
    connect(served_happy_day)
    map_as(served_happy_day.scenario)
    return served_happy_day
