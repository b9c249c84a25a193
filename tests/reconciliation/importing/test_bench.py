"""The bench of payout reports, small: everything arrives, and memory does not grow."""

import json
import os
import subprocess
import sys

import pytest
from django.db import connection

from connectors.management.measuring.own_database import OwnDatabase
from integration.env import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_report_of_ten_times_the_length_takes_no_more_memory_and_loses_nothing():
    beside = OwnDatabase(str(connection.settings_dict["NAME"]))

    done = subprocess.run(
        [sys.executable, "manage.py", "bench", "payouts", "--lines", "30000", "--few", "3000"],
        cwd=ROOT, env={**os.environ, **beside.environment()}, capture_output=True, text=True,
        timeout=600, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr[-2000:]
    figures = json.loads(done.stdout.splitlines()[-1])
    assert (figures["name"], figures["lines"], figures["lost"]) == ("payouts", 30_000, 0)
    assert figures["megabytes"] >= 25
    assert figures["peak_mb"] <= 1.15 * figures["peak_mb_small"]
    assert min(figures["ratio"], figures["read_s"], figures["import_s"]) > 0
