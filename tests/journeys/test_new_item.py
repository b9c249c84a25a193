"""Something only a campaign knows is created in Prima, and its orders go."""

import pytest

from connectors.sandbox.worlds.wrongs.goods import WARRANTY_WANTED
from integration.mapping.models import ProductMapping
from integration.mirror.models import PrimaItem, PrimaOrder
from tests.journeys.desk import assert_nothing_lost, case_of, cluster, desk, sync, world

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_an_item_created_from_the_screen_heals_its_orders(at, operations) -> None:
    # given
    with desk(world(WARRANTY_WANTED, right=4, wrong=6)) as sandbox:
        sync()
        case = case_of("unknown_sku", sku="WARRANTY-3Y")
        item = {
            "sku": "SRV-WARR-3Y", "description": "Warranty, three years", "kind": "service",
            "tax_code": "S", "price": "24.17",
        }  # fmt: skip

        # when the preview is looked at
        preview = at(operations).look(case, "create_item", **item)

        # then nothing was created yet
        assert (len(preview.healed), preview.still_failing) == (6, ())
        assert not PrimaItem.objects.filter(sku_key="SRV-WARR-3Y").exists()
        assert PrimaOrder.objects.count() == 4

        # when
        said = at(operations).act(case, "create_item", **item)
        cluster()

        # then
        assert said == "Done in Prima. Trying 6 orders again in the background."
        assert PrimaItem.objects.get(sku_key="SRV-WARR-3Y").description == item["description"]
        assert ProductMapping.objects.get(source_sku="WARRANTY-3Y").prima_sku == "SRV-WARR-3Y"
        case.refresh_from_db()
        assert (case.status, case.open_count) == ("resolved", 0)
        assert case.resolution == "Healed by creating item SRV-WARR-3Y for SKU WARRANTY-3Y"
        assert PrimaOrder.objects.count() == 10
        assert_nothing_lost(sandbox)
