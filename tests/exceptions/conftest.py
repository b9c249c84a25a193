"""A desk connected to a running sandbox, for the stories that reach Prima."""

from collections.abc import Iterator

import pytest

from connectors.sandbox.running import RunningSandbox, running
from connectors.sync import runner
from tests.connectors.sync.desk import connect, map_as


@pytest.fixture(scope="session")
def served() -> Iterator[RunningSandbox]:
    with running("happy_day") as sandbox:
        yield sandbox


@pytest.fixture
def prima(served: RunningSandbox, transactional_db: None) -> RunningSandbox:
    """Sixty orders read in, none sent yet, all mappings set, Prima's records in the mirror."""
    served.reload()
    connect(served)
    map_as(served.scenario)
    for flow in ("prima_reference", "campaign_orders"):
        assert runner.run(flow) is not None
    return served
