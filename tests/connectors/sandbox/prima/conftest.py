"""The small Prima world, served for the whole session and loaded anew before every test."""

from collections.abc import Iterator

import pytest

from connectors.sandbox.running import RunningSandbox, running
from tests.connectors.sandbox.prima.world import Client, scenario


@pytest.fixture(scope="session")
def served_prima() -> Iterator[RunningSandbox]:
    with running(scenario()) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(served_prima: RunningSandbox) -> RunningSandbox:
    served_prima.reload()
    return served_prima


@pytest.fixture
def prima(sandbox: RunningSandbox) -> Iterator[Client]:
    with Client(sandbox) as client:
        yield client
