"""What a held order would look like in Prima."""

from connectors.sync import runner
from connectors.sync.orders.draft import draft
from integration.mapping.models import ProductMapping
from integration.mirror.models import CampaignOrder, PrimaItem, PrimaOrder


def test_a_draft_names_what_is_known_and_what_is_not(happy_day):
    for flow in ("prima_reference", "campaign_orders"):
        runner.run(flow)
    order = CampaignOrder.objects.order_by("key").first()
    assert order is not None
    sku = order.payload["lines"][0]["sku"]
    ProductMapping.objects.filter(source_sku__iexact=sku).delete()
    PrimaItem.objects.filter(sku_key__iexact=sku).delete()

    made = draft(order.key)

    assert made is not None
    assert "/lines/0/sku" in made.missing
    assert made.payload["lines"][0]["sku"] == "not known yet"
    assert made.payload["account_code"] != "not known yet"


def test_the_draft_of_a_right_order_is_what_is_sent(happy_day):
    for flow in ("prima_reference", "campaign_orders"):
        runner.run(flow)
    order = CampaignOrder.objects.order_by("key").first()
    assert order is not None
    made = draft(order.key)

    runner.run("orders_to_prima")

    assert made is not None
    assert made.payload == PrimaOrder.objects.get(campaign_order=order).payload
    assert made.missing == ()


def test_an_order_that_cannot_be_read_in_places_is_shown_as_far_as_known(happy_day):
    for flow in ("prima_reference", "campaign_orders"):
        runner.run(flow)
    order = CampaignOrder.objects.order_by("key").first()
    assert order is not None
    order.payload["lines"][0]["sku"] = ""
    order.save(update_fields=["payload"])

    made = draft(order.key)

    assert made is not None
    assert made.payload["lines"][0]["sku"] == "not known yet"
    assert made.payload["account_code"] != "not known yet"


def test_an_order_that_is_not_there_has_no_draft(db):
    assert draft("NOBODY-1") is None
