"""The database of a bench."""

import pytest
from django.db import connection

from connectors.management.measuring.own_database import (
    SUFFIX,
    DatabaseRefused,
    own_database,
    renamed,
)

pytestmark = pytest.mark.django_db(transaction=True)


def exists(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [name])
        return bool(cursor.fetchone()[0])


def test_it_is_there_while_it_is_needed_and_gone_afterwards():
    with own_database() as own:
        assert own.name.endswith(SUFFIX)
        assert exists(own.name)
    assert not exists(own.name)


def test_it_is_gone_after_an_interruption_too():
    # given
    being_used = own_database()
    name = being_used.__enter__().name
    # when
    interrupted = KeyboardInterrupt()
    being_used.__exit__(KeyboardInterrupt, interrupted, None)
    # then
    assert not exists(name)


def test_a_second_bench_is_refused_and_leaves_the_first_alone():
    # given: somebody else's session holds the lock
    other = connection.copy()
    with own_database() as own:
        name = own.name
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(7260131, hashtext(%s))", [name])
    # when / then
    with pytest.raises(DatabaseRefused, match="Another bench is working"), own_database():
        pass
    other.close()


def test_an_address_keeps_its_server_and_options_under_another_name():
    url = "postgres://desk:s%40fe@db.example.com:5432/desk?sslmode=require"
    assert renamed(url, "desk_bench") == (
        "postgres://desk:s%40fe@db.example.com:5432/desk_bench?sslmode=require"
    )
