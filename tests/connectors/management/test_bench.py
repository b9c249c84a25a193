"""A bench from its command line to its last line."""

import json
import os
import subprocess
import sys

import pytest
from django.db import connection

from connectors.management.bench import benches
from connectors.management.measuring.own_database import OwnDatabase
from integration.env import ROOT

pytestmark = pytest.mark.django_db(transaction=True)


def bench(*words: str) -> "subprocess.CompletedProcess[str]":
    """Beside the database of the tests, as it would run beside that of the desk."""
    beside = OwnDatabase(str(connection.settings_dict["NAME"]))
    return subprocess.run(
        [sys.executable, "manage.py", "bench", *words],
        cwd=ROOT,
        env={**os.environ, **beside.environment()},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def bench_databases() -> list[str]:
    like = f"{connection.settings_dict['NAME']}%bench"
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [like])
        return [str(row[0]) for row in cursor.fetchall()]


def test_every_bench_has_a_title_and_parts():
    found = benches()
    assert "orders" in found
    assert all(each.title and each.parts for each in found.values())


@pytest.mark.slow
def test_a_small_bench_of_orders_loses_none_and_books_none_twice():
    # when
    done = bench("orders", "--orders", "200")
    # then: the last line is the figures
    figures = json.loads(done.stdout.splitlines()[-1])
    assert (figures["name"], figures["orders"], figures["goal"]) == ("orders", 200, 0.5)
    assert (figures["lost"], figures["duplicated"]) == (0, 0)
    assert min(figures["orders_per_s"], figures["floor_per_s"], figures["peak_mb"]) > 0
    assert done.returncode == (0 if figures["ok"] else 1)
    # and: its own database is gone
    assert bench_databases() == []


def test_a_part_refuses_to_work_in_the_desks_own_database():
    done = bench("orders", "--part", "desk", "--given", "{}", "--report", "unused")
    assert done.returncode == 1
    assert "in the bench's own database only" in done.stderr


def test_an_unknown_bench_is_refused_with_the_names_there_are():
    done = bench("nonsense")
    assert done.returncode == 2
    assert "orders" in done.stderr


@pytest.mark.slow
def test_a_small_bench_of_stock_sends_what_changed_in_the_fewest_calls():
    done = bench("stock", "--items", "3000", "--changed", "300", "--few", "1500")

    figures = json.loads(done.stdout.splitlines()[-1])
    assert (figures["lost"], figures["changed"], figures["least_calls"]) == (0, 300, 2)
    assert figures["calls"] <= 4


@pytest.mark.slow
def test_a_small_bench_of_consent_loses_none_and_is_told_by_both_sides():
    done = bench("consent", "--opt-outs", "20", "--contacts", "500", "--over-seconds", "4")

    figures = json.loads(done.stdout.splitlines()[-1])
    assert (figures["lost"], figures["opt_outs"]) == (0, 20)
    assert 0 < max(figures["link_p95_s"], figures["portal_p95_s"]) == figures["p95_s"]
    assert figures["sweep_p95_s"] > 0
