"""The bench of matching, small: nothing false, everything found."""

import json
import os
import subprocess
import sys

import pytest
from django.db import connection

from connectors.management.measuring.own_database import OwnDatabase
from integration.env import ROOT
from reconciliation.reconcile_bench.world import KINDS, SHARES

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_the_mix_of_the_world_is_as_stated():
    wanted = ("amount_off", "no_reference", "duplicate", "split")
    assert {kind: SHARES[kind] for kind in wanted} == {
        "amount_off": 20, "no_reference": 10, "duplicate": 10, "split": 10,
    }  # fmt: skip
    assert set(SHARES) | {"exact"} == set(KINDS)


def test_a_small_bench_matches_nothing_falsely_and_finds_what_it_should():
    beside = OwnDatabase(str(connection.settings_dict["NAME"]))

    done = subprocess.run(
        [sys.executable, "manage.py", "bench", "reconcile", "--lines", "20000"],
        cwd=ROOT, env={**os.environ, **beside.environment()}, capture_output=True, text=True,
        timeout=600, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr[-2000:]
    figures = json.loads(done.stdout.splitlines()[-1])
    assert (figures["name"], figures["lines"], figures["goal"]) == ("reconcile", 20_000, 2.0)
    assert (figures["false_matches"], figures["missed"], figures["ok"]) == (0, 0, True)
    assert figures["recall"] >= 0.995
    assert min(figures["ratio"], figures["load_s"], figures["match_s"], figures["peak_mb"]) > 0
