"""A promotion nobody has mapped yet gets its place in Prima."""

import pytest

from connectors.sandbox.worlds.wrongs.discounts import NO_MAPPING
from exceptions.models import ExceptionCase
from integration.mirror.models import PrimaOrder
from tests.journeys.desk import assert_nothing_lost, cluster, desk, held, sync, world

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_promotions_mapped_send_their_orders(at, finance) -> None:
    # given
    with desk(world(NO_MAPPING, right=4, wrong=6)) as sandbox:
        sync()
        cases = list(ExceptionCase.objects.filter(kind="bad_discount"))
        assert {case.facts["reason"] for case in cases} == {"unmapped"}
        code = sandbox.scenario["prima"]["promotion_codes"][0]["code"]

        # when
        for case in cases:
            mapping = {
                "treatment": "discount", "prima_code": code, "may_stack": "on", "note": "Agreed.",
            }  # fmt: skip
            before = PrimaOrder.objects.count()
            preview = at(finance).look(case, "map_promotion", **mapping)
            at(finance).act(case, "map_promotion", **mapping)
            cluster()

            # then what the preview promised has come about
            assert PrimaOrder.objects.count() == before + len(preview.healed)
            case.refresh_from_db()
            assert case.resolution == f"Healed by mapping promotion {case.facts['code']} → {code}"

        assert held() == {}
        assert PrimaOrder.objects.count() == 10
        assert_nothing_lost(sandbox)
