"""Journeys: real sandboxes over HTTP, the real database, the real runner, people on the pages."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from connectors.sandbox.running import RunningSandbox, running
from integration.accounts.models import User
from tests.connectors.sync.desk import connect, map_as
from tests.journeys import desk
from tests.journeys.desk import At, case_of

__all__ = ["case_of"]


@pytest.fixture(scope="session")
def served_week() -> Iterator[RunningSandbox]:
    with running("busy_week") as sandbox:
        yield sandbox


@pytest.fixture
def week(served_week: RunningSandbox, transactional_db: None) -> RunningSandbox:
    """Two thousand orders, one in eight wrong; both connections and all mappings are set."""
    served_week.reload()
    connect(served_week)
    map_as(served_week.scenario)
    return served_week


@pytest.fixture
def sync() -> Callable[..., None]:
    """One round of the flows named, or of all that move orders."""
    return desk.sync


@pytest.fixture
def work_off() -> Callable[[], int]:
    """The cluster works off its queue."""
    return desk.cluster


@pytest.fixture
def at(client_for: Callable[[User], Client]) -> Callable[[User], At]:
    """A person at a browser."""
    return lambda person: At(client_for(person))
