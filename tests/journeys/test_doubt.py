"""Whatever happens to a call, each order is in Prima once, and none is lost."""

from typing import Any

import pytest

from connectors.sandbox.scenarios import happy_day
from connectors.sync.models import Connection, SyncItem
from exceptions.models import Occurrence
from integration.mirror.models import PrimaOrder
from tests.journeys.desk import assert_nothing_lost, desk, sync, until_settled

pytestmark = [pytest.mark.slow, pytest.mark.journey, pytest.mark.django_db(transaction=True)]
ORDERS = {"method": "POST", "path": "/sales-orders$"}
TROUBLES: dict[str, dict[str, Any]] = {
    "no answer, and nothing was booked": {"kind": "timeout_before", "seconds": 2, **ORDERS},
    "no answer, but it was booked": {"kind": "timeout_after", "seconds": 2, **ORDERS},
    "cut off before it was booked": {"kind": "reset", "when": "before", **ORDERS},
    "cut off after it was booked": {"kind": "reset", "when": "after", **ORDERS},
    "an error after it was booked": {"kind": "server_error", "when": "after", **ORDERS},
    "out of service": {"kind": "server_error", "status": 503, **ORDERS},
    "an answer nobody can read": {"kind": "wrong_shape", "html": True, "when": "after", **ORDERS},
    "too fast, come back in a second": {"kind": "throttle", "retry_after": 1, "path": "/prima/"},
    "too fast, and no word when": {"kind": "throttle_silent", "path": "/prima/", "times": 1},
    "Prima's token expires": {"kind": "expired_token", **ORDERS},
    "Marketing Cloud's token expires": {"kind": "expired_token", "path": "/sfmc/rest/data"},
}


@pytest.mark.parametrize("trouble", list(TROUBLES.values()), ids=list(TROUBLES))
def test_each_order_is_in_prima_once(trouble: dict[str, Any]) -> None:
    # given
    with desk(happy_day.build(orders=12)) as sandbox:
        Connection.objects.update(timeout_seconds=1)
        sync("prima_reference")
        sandbox.fault(**{"times": 2, **trouble})

        # when
        sync("campaign_orders", "orders_to_prima")
        sync("campaign_orders")
        until_settled()

        # then
        assert sandbox.server.front.faults.idle
        assert_nothing_lost(sandbox)
        assert PrimaOrder.objects.count() == 12
        assert not SyncItem.objects.filter(in_doubt=True).exists()
        assert not Occurrence.objects.filter(closed_at__isnull=True).exists()
