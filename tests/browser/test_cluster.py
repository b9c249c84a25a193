"""The whole desk at work: the page, the queue and a cluster of its own process."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import expect

from exceptions.models import ExceptionCase
from tests.connectors.sync.desk import booked_in_prima

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def cluster(transactional_db: None) -> Iterator[None]:
    """`manage.py qcluster` on the database of this test."""
    name = str(connection.settings_dict["NAME"])
    program = subprocess.Popen(
        [sys.executable, "-W", "ignore", "manage.py", "qcluster"],
        cwd=ROOT,
        env={
            **os.environ, "DATABASE_NAME": name, "CLUSTER_WORKERS": "1", "CLUSTER_POLL": "0.2",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        program.send_signal(signal.SIGTERM)
        program.wait(timeout=30)


def test_a_mapping_is_worked_off_by_the_cluster_while_the_page_shows_how_far(
    week, cluster, sign_in, operations
):
    # given
    case = ExceptionCase.objects.get(kind="unknown_sku", facts__sku="WARRANTY-3Y")
    waiting, before = case.open_count, len(booked_in_prima(week))
    page = sign_in(operations)
    page.goto(reverse("act", args=[case.pk, "map_product"]))
    page.get_by_label("SRV-WARRANTY-36").check()
    page.get_by_role("button", name="Show what it would do").click()

    # when
    page.locator("#preview").get_by_role("button", name="Map to a product").click()

    # then the page moves on by itself until everything is done
    progress = page.locator("#job-body progress")
    expect(progress).to_have_attribute("value", str(waiting), timeout=30_000)
    expect(page.locator("#job-body")).to_contain_text("Everything went through.", timeout=30_000)
    assert len(booked_in_prima(week)) == before + waiting
    case.refresh_from_db()
    assert case.status == "resolved"
