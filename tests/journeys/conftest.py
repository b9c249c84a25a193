"""Every test here is a journey: real sandboxes over HTTP, the real database, the real runner."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from integration.accounts.models import User
from tests.journeys.desk import At

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture
def at(client_for: Callable[[User], Client]) -> Callable[[User], At]:
    """A person at a browser."""
    return lambda person: At(client_for(person))
