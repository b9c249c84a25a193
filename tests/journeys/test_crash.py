"""A crash between sending and storing makes one order."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from connectors.sync.models import SyncItem
from integration.mirror.models import CampaignOrder, PrimaOrder
from tests.connectors.sync.desk import booked_in_prima, hurry

pytestmark = [pytest.mark.slow, pytest.mark.journey, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]


def test_a_crash_between_sending_and_storing_makes_one_order(week, sync):
    # given every order waits, and Prima takes its time to answer after it has booked
    sync("prima_reference", "campaign_orders")
    keep = list(CampaignOrder.objects.order_by("key").values_list("key", flat=True)[:100])
    SyncItem.objects.exclude(external_id__in=keep).delete()
    week.fault("timeout_after", path="/sales-orders", method="POST", times=None, seconds=60)
    worker = subprocess.Popen(
        [sys.executable, "-W", "ignore", "manage.py", "sync", "orders_to_prima"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_NAME": str(connection.settings_dict["NAME"])},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    # when the worker is killed with orders in Prima that nobody has written down
    end = time.monotonic() + 60
    while not booked_in_prima(week):
        assert time.monotonic() < end
        time.sleep(0.05)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    before = set(booked_in_prima(week))
    assert before
    assert not PrimaOrder.objects.exists()

    # then, when its lease has run out, another finishes the work: each order once
    week.clear_faults()
    SyncItem.objects.filter(lease_until__isnull=False).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )
    for _ in range(3):
        sync("orders_to_prima")
        hurry()
    references = booked_in_prima(week)
    right = {key for key in keep if key not in week.scenario["truth"]}
    assert len(references) == len(set(references))
    assert set(references) == right
    assert set(PrimaOrder.objects.values_list("campaign_order__key", flat=True)) == right
    found = PrimaOrder.objects.filter(campaign_order__key__in=before)
    assert set(found.values_list("found", flat=True)) == {True}
