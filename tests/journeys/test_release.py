"""What finance releases is the order as it stood; a changed one is looked at again."""

import pytest
from django.urls import reverse

from connectors.sandbox.worlds.wrongs.customers import INVALID_EMAIL
from connectors.sandbox.worlds.wrongs.discounts import OVER_PERCENT
from exceptions.models import Approval
from integration.mirror.models import PrimaOrder
from tests.journeys.desk import campaign_writes, case_of, cluster, desk, held, sync, world

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_an_order_that_changes_after_its_release_needs_a_new_one(at, finance, finance2) -> None:
    # given an order with a discount above the limit and an e-mail address that cannot be
    with desk(world(OVER_PERCENT.beside(INVALID_EMAIL), right=2, wrong=1)):
        sync()
        ((key, kinds),) = held().items()
        assert kinds == ["bad_discount", "invalid_email"]
        case = case_of("bad_discount", reason="over_limit")

        def release() -> None:
            at(finance).act(case, "approve_discount", reason="Agreed with sales.")
            approval = Approval.objects.get(state="proposed")
            at(finance2).client.post(reverse("approve", args=[approval.pk]), {"note": ""})
            cluster()

        # when the discount is released
        release()

        # then only the e-mail address is wrong with it
        assert held() == {key: ["invalid_email"]}

        # when the campaign puts that right, and so changes the order
        campaign_writes("Campaign_Order", {"OrderKey": key}, EmailAddress="ann@example.com")
        sync("campaign_orders", "orders_to_prima")

        # then the release of before does not hold for it
        assert held() == {key: ["bad_discount"]}
        case.refresh_from_db()
        assert (case.status, case.regressions) == ("open", 1)
        assert PrimaOrder.objects.count() == 2

        # when it is released again
        release()

        # then
        assert held() == {}
        assert PrimaOrder.objects.count() == 3
        assert Approval.objects.filter(state="approved").count() == 2
