"""The demo's data: connections to the sandboxes and mappings, loaded once and never overwritten."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from connectors.sync.models import Connection
from integration.mapping.models import (
    OrderPolicy,
    ProductMapping,
    PromotionMapping,
    TaxRule,
    ValueMapping,
)

pytestmark = pytest.mark.django_db


def _load(sandbox: str = "http://127.0.0.1:8800") -> str:
    out = StringIO()
    call_command("load_demo", scenario="happy_day", sandbox=sandbox, stdout=out)
    return out.getvalue()


def test_the_world_brings_connections_and_mappings() -> None:
    # when
    _load()

    # then
    addresses = dict(Connection.objects.values_list("system", "base_url"))
    assert addresses == {
        "sfmc": "http://127.0.0.1:8800/sfmc/auth/",
        "prima": "http://127.0.0.1:8800/prima/v1/main",
    }
    tables = (ProductMapping, PromotionMapping, ValueMapping, TaxRule, OrderPolicy)
    assert all(table._default_manager.exists() for table in tables)
    assert OrderPolicy.objects.count() == 1


def test_each_connection_has_a_budget_of_calls_for_its_day() -> None:
    _load()
    assert all(Connection.objects.values_list("calls_per_day", flat=True))


def test_loading_again_follows_the_port_and_touches_nothing_else() -> None:
    # given
    _load()
    secret = Connection.objects.get(system="sfmc").inbound_secret
    Connection.objects.update(calls_per_second=3)
    ProductMapping.objects.all()[0].delete()
    left = ProductMapping.objects.count()

    # when
    told = _load("http://127.0.0.1:8899")

    # then
    assert told == ""
    cloud = Connection.objects.get(system="sfmc")
    assert cloud.base_url == "http://127.0.0.1:8899/sfmc/auth/"
    assert (cloud.calls_per_second, cloud.inbound_secret) == (3, secret)
    assert ProductMapping.objects.count() == left


def test_a_world_that_does_not_exist_is_named() -> None:
    with pytest.raises(CommandError, match="There is no scenario 'quiet_year'"):
        call_command("load_demo", scenario="quiet_year")
