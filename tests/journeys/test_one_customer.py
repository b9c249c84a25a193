"""A customer with one key on both sides: decided once, ordered, merged by mistake, taken apart."""

from typing import Any

import pytest
from django.urls import reverse

from connectors.sandbox.worlds.wrongs import customers
from connectors.sync import connections
from exceptions.models import ExceptionCase
from integration.identity import keys
from integration.identity.models import Candidate, Customer, CustomerLink, Merger
from integration.mirror.models import CampaignOrder, PrimaOrder
from tests.connectors.sync.desk import hurry
from tests.journeys.desk import desk, held, sync, world

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
TWINS = next(one for one in customers.WRONGS if one.name == "two accounts fit")
LINKING = ("contacts", "customer_links", "customer_keys")


def test_a_buyer_known_twice_is_decided_once_and_ordered_on_the_right_account(
    marketing: Any, client_for: Any
) -> None:
    with desk(world(TWINS, right=2, wrong=1)):
        # given an order held for a buyer whom two accounts fit
        sync("prima_reference", *LINKING, "campaign_orders", "orders_to_prima")
        ((key, _),) = held().items()
        buyer = CampaignOrder.objects.get(key=key)
        waiting = {"kind": "ambiguous_identity", "facts__contact_key": buyer.contact_key}
        assert ExceptionCase.objects.get(**waiting).status == "open"
        pair = Candidate.objects.filter(contact_key=buyer.contact_key, several=True)[0]

        # when marketing says which account it is
        client = client_for(marketing)
        client.post(reverse("link-accept", args=[pair.pk]), {"reason": "Told by telephone"})
        sync("customer_keys", "prima_reference")
        hurry()
        sync("orders_to_prima")

        # then the case is closed, the key stands at the account, and the order is on it
        assert ExceptionCase.objects.get(**waiting).status == "resolved"
        there = connections.prima().customer_by_account(pair.account_code)
        assert there.external_keys["sfmc"] == buyer.contact_key
        assert PrimaOrder.objects.get(campaign_order=buyer).account_code == pair.account_code

        # and a merger by mistake is taken apart exactly, while the order stays where it is
        owner, other = _owner(buyer), _somebody_else(pair.account_code)
        client.post(
            reverse("customer-merge", args=[other.pk]),
            {"other": str(owner.pk), "reason": "A mistake", "despite_numbers": "on"},
        )
        assert _owner(buyer) == other
        client.post(
            reverse("merger-undo", args=[Merger.objects.get().pk]), {"reason": "It was a mistake"}
        )
        assert _owner(buyer) == owner
        assert PrimaOrder.objects.get(campaign_order=buyer).account_code == pair.account_code


def _owner(buyer: CampaignOrder) -> Customer:
    found = keys.resolve("sfmc", buyer.contact_key)
    assert found is not None
    return found


def _somebody_else(code: str) -> Customer:
    rows = CustomerLink.objects.filter(system="prima", state="active").exclude(key=code)
    return rows.select_related("customer").order_by("key")[0].customer
