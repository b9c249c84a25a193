"""The campaign changes orders: before they are sent they are updated, afterwards a person looks."""

import pytest

from connectors.sandbox.scenarios import happy_day
from exceptions.models import ExceptionCase
from integration.mirror.models import CampaignOrder, PrimaOrder
from tests.connectors.sync.desk import booked_in_prima
from tests.journeys.desk import campaign_writes, desk, held, sync

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_an_order_changed_before_it_was_sent_goes_as_it_is_now() -> None:
    with desk(happy_day.build(orders=5)) as sandbox:
        # given
        sync("prima_reference", "campaign_orders")
        key = CampaignOrder.objects.order_by("key")[0].key

        # when
        campaign_writes("Campaign_Order", {"OrderKey": key}, CustomerPO="PO-CHANGED")
        sync("campaign_orders", "orders_to_prima")

        # then
        sent = PrimaOrder.objects.get(campaign_order__key=key)
        assert "PO-CHANGED" in str(sent.payload)
        assert held() == {}
        assert len(booked_in_prima(sandbox)) == 5


def test_an_order_changed_after_it_was_sent_is_a_case_until_it_is_as_sent_again() -> None:
    with desk(happy_day.build(orders=5)) as sandbox:
        # given
        sync()
        order = CampaignOrder.objects.order_by("key")[0]
        was = order.payload["order"].get("customer_po", "")

        # when
        campaign_writes("Campaign_Order", {"OrderKey": order.key}, CustomerPO="PO-CHANGED")
        sync()

        # then it is told, and what Prima has stays
        assert held() == {order.key: ["order_changed_after_sending"]}
        assert len(booked_in_prima(sandbox)) == 5
        assert "PO-CHANGED" not in str(PrimaOrder.objects.get(campaign_order=order).payload)

        # when the campaign takes the change back
        campaign_writes("Campaign_Order", {"OrderKey": order.key}, CustomerPO=was)
        sync()

        # then
        assert held() == {}
        case = ExceptionCase.objects.get()
        assert case.status == "resolved"
        assert case.resolution == "Healed by the order being again as it was sent"
        assert len(booked_in_prima(sandbox)) == 5
