"""The cast of every story, and the browser each of them sits at."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker

from integration.accounts import signin
from integration.accounts.models import User
from integration.accounts.roles import Role
from tests.factories.people import PersonFactory

# How fast a machine makes examples says nothing about the desk.
settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("desk")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """A test database may lose its last moments in a power cut, and is quicker for it."""
    connection.settings_dict.setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"


_GUARDS = (
    "ALTER TABLE audit_auditentry {} TRIGGER audit_no_truncate;"
    "ALTER TABLE consent_consentevent {} TRIGGER consent_event_no_truncate;"
    "ALTER TABLE consent_suppression {} TRIGGER consent_suppression_no_truncate;"
)


@pytest.fixture
def _django_db_helper(_django_db_helper: None) -> Iterator[None]:
    """After a test that commits, Django empties all tables; only then trail and ledger allow it."""
    with connection.cursor() as cursor:
        cursor.execute(_GUARDS.replace("{}", "ENABLE"))
    yield
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute(_GUARDS.replace("{}", "DISABLE"))


@pytest.fixture
def operations(db: None) -> User:
    return PersonFactory.create(username="olive", roles=[Role.OPERATIONS.value])


@pytest.fixture
def finance(db: None) -> User:
    return PersonFactory.create(username="fiona", roles=[Role.FINANCE.value])


@pytest.fixture
def finance2(db: None) -> User:
    """The second pair of eyes."""
    return PersonFactory.create(username="frank", roles=[Role.FINANCE.value])


@pytest.fixture
def controller(db: None) -> User:
    """Decides what is above the limits of finance."""
    return PersonFactory.create(username="carla", roles=[Role.CONTROLLER.value])


@pytest.fixture
def marketing(db: None) -> User:
    return PersonFactory.create(username="mark", roles=[Role.MARKETING.value])


@pytest.fixture
def admin_person(db: None) -> User:
    return PersonFactory.create(username="ada", roles=[Role.ADMIN.value])


@pytest.fixture
def auditor(db: None) -> User:
    return PersonFactory.create(username="audrey", roles=[Role.AUDITOR.value])


@pytest.fixture
def client_for() -> Callable[[User], Client]:
    """A test client at which this person is signed in, second factor and all."""

    def signed_in(person: User) -> Client:
        client = Client()
        client.force_login(person)
        session = client.session
        session[signin.SECOND_FACTOR] = signin.mark(person)
        session.save()
        return client

    return signed_in


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Threads of served pages and killed workers may still be connected when the tests end."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
