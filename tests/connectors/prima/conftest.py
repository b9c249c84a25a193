"""A small Prima on loopback, and the adapters that reach it."""

from collections.abc import Iterator

import pytest

from connectors.prima.port import Prima
from connectors.prima.rest.adapter import RestPrima
from connectors.sandbox.running import RunningSandbox, running
from tests.connectors.prima.adapters import ADAPTERS, WORLD, Adapter, connect_rest


@pytest.fixture(scope="session")
def _installation() -> Iterator[RunningSandbox]:
    with running(WORLD) as sandbox:
        yield sandbox


@pytest.fixture
def installation(_installation: RunningSandbox) -> RunningSandbox:
    _installation.reload()
    return _installation


@pytest.fixture(params=ADAPTERS, ids=lambda adapter: adapter.name)
def prima(request: pytest.FixtureRequest, installation: RunningSandbox) -> Prima:
    """Every adapter in turn."""
    adapter: Adapter = request.param
    return adapter.connect(installation)


@pytest.fixture
def rest(installation: RunningSandbox) -> RestPrima:
    return connect_rest(installation)
