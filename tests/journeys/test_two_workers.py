"""Two workers in two processes share two hundred orders."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from connectors.sandbox.scenarios import bulk
from connectors.sync.models import Connection, FlowSetting, SyncRun
from integration.mirror.models import PrimaOrder
from tests.journeys.desk import assert_nothing_lost, desk, sync, until_settled

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]


def worker() -> subprocess.Popen[bytes]:
    """Another process that sends orders, on the database of this test."""
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "manage.py", "sync", "orders_to_prima"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_NAME": str(connection.settings_dict["NAME"])},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.mark.slow
def test_two_workers_at_once_book_each_order_once() -> None:
    # given
    with desk(bulk.build(orders=200)) as sandbox:
        sync("prima_reference", "campaign_orders")
        FlowSetting.objects.update_or_create(flow="orders_to_prima", defaults={"batch_size": 10})
        Connection.objects.filter(system="prima").update(calls_per_second=60)

        # when
        codes = [one.wait(timeout=120) for one in (worker(), worker())]

        # then
        assert codes == [0, 0]
        until_settled()
        assert_nothing_lost(sandbox)
        assert PrimaOrder.objects.count() == 200
        sent = [run.sent for run in SyncRun.objects.filter(flow="orders_to_prima")]
        assert (sum(sent), min(sent) > 0) == (200, True)
