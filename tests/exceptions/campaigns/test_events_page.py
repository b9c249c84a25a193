"""What customers were told, as a list."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from connectors.sync.models import OrderEvent
from integration.accounts.models import User
from tests.factories.campaigns import booked


@pytest.fixture
def at(client_for: Callable[[User], Client], marketing: User) -> Client:
    return client_for(marketing)


def event(order_number: str, milestone: str = "despatched", **values: object) -> OrderEvent:
    now = timezone.now()
    told = {"reached_at": now, "noted_at": now, "not_before": now, "state": "sent", **values}
    return OrderEvent.objects.create(
        key=f"{order_number}:{milestone}", order_number=order_number, milestone=milestone, **told
    )


def test_an_event_leads_to_its_campaign_order(at, db):
    order = booked()
    event(order.order_number, contact_key="C-1")

    page = at.get(reverse("order-events")).content.decode()

    assert f'href="/orders/{order.campaign_order.key}/"' in page
    assert "Despatched" in page


def test_events_are_found_by_order_contact_milestone_and_state(at, db):
    order = booked()
    event(order.order_number, contact_key="C-1")
    event("SO-X", "accepted", state="passed", reason="Nobody asked.")

    def found(**asked: str) -> list[str]:
        return [
            row.order_number for row in at.get(reverse("order-events"), asked).context["table"].data
        ]

    assert found(q=order.campaign_order.key) == [order.order_number]
    assert found(q="c-1") == [order.order_number]
    assert found(milestone="accepted") == ["SO-X"]
    assert found(state="passed") == ["SO-X"]
    assert found(q="\x00") == []


def test_events_are_exported(at, db):
    event("SO-X", reason="=cmd")
    text = at.get(reverse("order-events"), {"export": "csv"}).getvalue().decode("utf-8-sig")
    assert "'=cmd" in text


def test_an_empty_list_says_what_emptiness_means(at, db):
    assert "Nothing was told" in at.get(reverse("order-events")).content.decode()


def test_the_page_of_an_order_tells_what_its_customer_was_told(at, db):
    order = booked()
    event(order.order_number, state="passed", reason="The order was delivered before.")

    page = at.get(reverse("order", args=[order.campaign_order.key])).content.decode()

    assert "What the customer was told" in page
    assert "The order was delivered before." in page
