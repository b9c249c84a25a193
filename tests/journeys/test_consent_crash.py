"""A worker may be killed at any step, and the no still arrives, once and confirmed."""

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

from integration.consent.models import ConsentEvent, Propagation
from tests.journeys import consent_desk as desk

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]
STEPS = {
    "reading what Prima says": ("consent_from_prima", "/consents/changes", "GET"),
    "looking for the contacts": ("consent_to_sfmc", "addresses/email/search", "POST"),
    "looking who is there": ("consent_to_sfmc", "service.asmx#retrieve", "POST"),
    "writing the status": ("consent_to_sfmc", "service.asmx#update", "POST"),
    "writing the columns": ("consent_to_sfmc", "dataevents", "POST"),
    "asking where they are": ("consent_to_sfmc", "contactmembership", "POST"),
    "asking them out": ("consent_to_sfmc", "contactexit", "POST"),
    "reading back": ("consent_to_sfmc", "customobjectdata", "GET"),
    "telling Prima": ("consent_to_prima", "consent-events", "POST"),
    "reading Prima back": ("consent_to_prima", "consents/by-account", "GET"),
}


@pytest.fixture
def estate():
    with desk.estate() as sandbox:
        yield sandbox


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_is_killed_while(step, estate):
    flow, path, method = STEPS[step]
    desk.let_in("ann", "ben")
    desk.says_no_in_the_portal(estate, "ann")
    desk.follows_the_link("ben")
    for earlier in desk.FLOWS[: desk.FLOWS.index(flow)]:
        desk.sync(earlier)
    estate.fault("timeout_after", path=path, method=method, times=None, seconds=60)

    _kill_while(flow, estate)

    estate.clear_faults()
    Propagation.objects.filter(lease_until__isnull=False).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )
    desk.until_confirmed()
    for name in ("ann", "ben"):
        assert desk.status(name) == "Unsubscribed"
        assert desk.at_prima_is(name) == "opt_out"
        assert desk.journeys_of(name) == []
        assert desk.row_of(name)["emailconsent"] == "False"
    # Nobody can know then whether the person was quicker, so it counts as theirs.
    in_doubt = step == "writing the status"
    assert ConsentEvent.objects.count() == (3 if in_doubt else 2)


def _kill_while(flow, estate):
    """Starts the flow in a process of its own, waits for its call, and kills it."""
    worker = subprocess.Popen(
        [sys.executable, "-W", "ignore", "manage.py", "sync", flow],
        cwd=ROOT,
        env={**os.environ, "DATABASE_NAME": str(connection.settings_dict["NAME"])},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 60
    while not any(fault["struck"] for fault in estate.server.front.faults.listed()):
        assert time.monotonic() < end
        assert worker.poll() is None
        time.sleep(0.05)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
