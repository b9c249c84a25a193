"""The first page: each figure across the top is the number of rows it opens."""

from decimal import Decimal

from django.urls import reverse
from django.utils import timezone

from connectors.sync.flow import ORDERS, flows
from connectors.sync.models import FlowSetting, SyncItem
from exceptions import intake
from integration.core.problems import Finding, Problem, Subject
from integration.mirror.models import CampaignOrder
from tests.factories.findings import finding, no_tax_number, unknown_sku


def held(key: str, paid: str, currency: str = "GBP") -> None:
    now = timezone.now()
    CampaignOrder.objects.create(
        key=key,
        payload={},
        content_hash=key,
        currency=currency,
        total_paid=Decimal(paid),
        first_seen_at=now,
        last_seen_at=now,
    )
    SyncItem.objects.create(
        flow=ORDERS, external_id=key, state="held", created_at=now, changed_at=now
    )


def test_held_orders_and_their_value_are_those_the_figure_opens(client_for, operations):
    held("CO-1", "10.00")
    held("CO-2", "20.00", "EUR")
    payout = Subject("desk", "difference", "7", "Payout 7", Decimal(900), "GBP")
    late = Problem("difference_payout_to_bank", "It is late.", {"difference": "7"})
    intake.file_findings(
        [
            finding("CO-1", unknown_sku("X"), no_tax_number("A1"), amount="10.00"),
            finding("CO-2", unknown_sku("X"), amount="20.00", currency="EUR"),
            Finding(subject=payout, problems=(late,), source="reconciliation"),
        ]
    )
    client = client_for(operations)

    totals = client.get(reverse("home")).context["totals"]
    listed = client.get(reverse("orders"), {"state": "held"})

    assert totals.held == listed.context["table"].page.paginator.count == 2
    assert totals.value == {"GBP": Decimal(10), "EUR": Decimal(20)}


def test_what_is_not_well_is_told_first_and_the_rest_folded(client_for, operations):
    FlowSetting.objects.update(enabled=True)
    FlowSetting.objects.filter(flow=ORDERS).update(enabled=False)

    page = client_for(operations).get(reverse("home"))

    troubled = {one.flow.slug for one in page.context["troubled"]}
    well = {one.flow.slug for one in page.context["well"]}
    assert ORDERS in troubled
    assert troubled | well == set(flows())
    assert not troubled & well


def test_queues_stand_by_how_much_waits_whatever_its_currency(client_for, operations):
    intake.file_findings(
        [
            finding("CO-1", unknown_sku("X"), amount="90000.00", currency="JPY"),
            finding("CO-2", no_tax_number("A1"), amount="10.00"),
            finding("CO-3", no_tax_number("A2"), amount="20.00"),
        ]
    )

    page = client_for(operations).get(reverse("home"))

    assert [queue.orders for queue in page.context["busy"]] == [2, 1]
    assert "most first" in page.content.decode()


def test_orders_on_their_way_are_those_the_figure_opens(client_for, operations):
    for number, state in enumerate(("waiting", "working", "sending", "sent")):
        held(f"CO-{number}", "10.00")
        SyncItem.objects.filter(external_id=f"CO-{number}").update(state=state)
    client = client_for(operations)

    page = client.get(reverse("home"))
    listed = client.get(reverse("orders"), {"state": "on_the_way"})

    assert 'state=on_the_way">3</a>' in page.content.decode()
    assert listed.context["table"].page.paginator.count == 3


def test_an_order_in_two_cases_of_a_queue_waits_once_with_its_money(client_for, operations):
    intake.file_findings([finding("CO-1", unknown_sku("X"), unknown_sku("Y"), amount="10.00")])

    (queue,) = client_for(operations).get(reverse("home")).context["busy"]

    assert (queue.cases, queue.orders, queue.value) == (2, 1, {"GBP": Decimal(10)})
