"""Killed workers, refused rows and slow answers: no lead has two accounts, and no row is lost."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from connectors.sandbox.running import RunningSandbox, running
from connectors.sync import items, runner
from connectors.sync.models import SyncItem
from connectors.sync.outgoing.row import OutgoingRow
from exceptions.models import ExceptionCase
from tests.connectors.sync.contacts.both import (
    LEAD,
    cloud_says,
    in_cloud,
    pair,
    state_of,
    sync,
    until_settled,
    with_key,
)
from tests.connectors.sync.desk import at_prima, connect, hurry, map_as
from tests.journeys.desk import world

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def narrow(transactional_db: None) -> Iterator[RunningSandbox]:
    """The table of customers takes no word longer than five letters for a hold."""
    scenario = world(right=1, wrong=0)
    scenario["sfmc"]["async_seconds"] = 0.05
    table = next(
        one for one in scenario["sfmc"]["data_extensions"] if one["key"] == "PRIMA_Contact"
    )
    next(one for one in table["columns"] if one["name"] == "Hold")["length"] = 5
    with running(scenario) as sandbox:
        connect(sandbox)
        map_as(scenario)
        sync()
        sync()
        yield sandbox


def test_a_refused_row_is_a_case_and_the_others_are_written(narrow: RunningSandbox):
    # given
    contact, account = pair()
    other, second = pair(company=True, skip=1)
    at_prima(narrow, "PATCH", f"customers/{account.account_code}", hold="invoice")
    at_prima(narrow, "PATCH", f"customers/{second.account_code}", name="Well Taken Ltd")

    # when
    sync()

    # then
    assert ExceptionCase.objects.get().kind == "row_refused"
    assert in_cloud(contact.key, "PRIMA_Contact")["hold"] == "none"
    assert in_cloud(other.key, "PRIMA_Contact")["name"] == "Well Taken Ltd"

    # and when the account is released again the case closes by itself
    at_prima(narrow, "PATCH", f"customers/{account.account_code}", hold="none")
    until_settled()
    assert ExceptionCase.objects.get().status == "resolved"


@pytest.mark.slow
def test_a_worker_killed_while_it_opens_an_account_opens_one(settled: RunningSandbox):
    # given Prima takes its time to answer after it has opened the account
    cloud_says("LEAD-K", **LEAD)

    runner.run("contacts")
    settled.fault("timeout_after", path="/main/customers$", method="POST", times=None, seconds=60)
    worker = subprocess.Popen(
        [sys.executable, "-W", "ignore", "manage.py", "sync", "customers"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_NAME": str(connection.settings_dict["NAME"])},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    # when the worker is killed with an account in Prima that nobody has written down
    end = time.monotonic() + 60
    while not with_key(settled, "LEAD-K"):
        assert time.monotonic() < end
        time.sleep(0.05)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    item = SyncItem.objects.get(flow="customers", external_id="LEAD-K")
    assert (item.state, item.in_doubt) == ("sending", True)

    # then another finishes the work
    settled.clear_faults()
    SyncItem.objects.filter(lease_until__isnull=False).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )
    runner.run("customers")
    hurry("customers")
    runner.run("customers")
    assert len(with_key(settled, "LEAD-K")) == 1
    assert state_of("LEAD-K") == "sent"


def test_a_contact_that_takes_its_worker_down_again_is_set_aside(settled: RunningSandbox):
    cloud_says("LEAD-P", **LEAD)

    runner.run("contacts")
    SyncItem.objects.filter(flow="customers", external_id="LEAD-P").update(crashes=2)

    runner.run("customers")

    assert state_of("LEAD-P") == "held"
    assert ExceptionCase.objects.get().kind == "unexpected_failure"
    assert with_key(settled, "LEAD-P") == []


def test_a_row_whose_state_never_comes_goes_again(settled: RunningSandbox):
    contact, account = pair()
    at_prima(settled, "PATCH", f"customers/{account.account_code}", name="Slow But Sure Ltd")
    settled.fault("server_error", path="/status", times=3)

    sync()
    OutgoingRow.objects.update(not_before=timezone.now())
    for _ in range(2):
        sync()

    assert in_cloud(contact.key)["companyname"] == "Slow But Sure Ltd"
    assert not OutgoingRow.objects.exclude(refused_hash="").exists()


def test_a_rejected_item_stays_with_the_person_who_rejected_it(settled: RunningSandbox):

    cloud_says("LEAD-R", **{**LEAD, "TaxNumber": "GB1"})
    sync()
    assert items.reject("LEAD-R", "A test of ours.", "mark", flow="customers")

    cloud_says("LEAD-R", **LEAD)
    sync()

    assert state_of("LEAD-R") == "rejected"
    assert with_key(settled, "LEAD-R") == []
