"""A day on which nothing is wrong: every order in Prima, once, to the penny."""

from decimal import Decimal

import pytest

from connectors.sandbox.running import RunningSandbox
from connectors.sandbox.scenarios import happy_day
from connectors.sync.models import SyncItem, SyncRun
from exceptions.models import ExceptionCase
from integration.mirror.models import CampaignOrder, PrimaOrder
from tests.connectors.sync.desk import booked_in_prima
from tests.journeys.desk import assert_nothing_lost, desk, rows, sync

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def posted(sandbox: RunningSandbox) -> int:
    return sum(
        number
        for call, number in sandbox.calls().items()
        if call.startswith("POST /prima/") and call.endswith("/sales-orders")
    )


def test_every_order_is_in_prima_once_and_a_second_round_changes_nothing() -> None:
    # given
    with desk(happy_day.build()) as sandbox:
        paid = {
            row["OrderKey"]: Decimal(row["TotalPaid"]) for row in rows(sandbox, "Campaign_Order")
        }

        # when
        sync()

        # then
        assert_nothing_lost(sandbox)
        booked = PrimaOrder.objects.values_list("campaign_order__key", "gross")
        assert dict(booked) == paid
        assert PrimaOrder.objects.count() == CampaignOrder.objects.count() == len(paid) == 60
        assert not ExceptionCase.objects.exists()
        assert set(SyncRun.objects.values_list("status", flat=True)) == {"succeeded"}

        # when everything runs again
        before = list(PrimaOrder.objects.order_by("pk").values())
        sandbox.reset_calls()
        sync()

        # then
        assert list(PrimaOrder.objects.order_by("pk").values()) == before
        assert posted(sandbox) == 0
        assert len(booked_in_prima(sandbox)) == 60
        assert set(SyncItem.objects.values_list("state", flat=True)) == {"sent"}
