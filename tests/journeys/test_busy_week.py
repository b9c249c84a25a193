"""A week of two thousand orders, wrong in every way there is: each is held for what is wrong."""

import pytest

from connectors.sandbox.scenarios import busy_week, malformed_rows
from connectors.sync.models import SyncItem
from integration.mirror.models import PrimaOrder
from tests.journeys.desk import assert_nothing_lost, desk, held, sync, until_settled

pytestmark = [pytest.mark.slow, pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.slow
def test_what_is_held_is_what_the_world_says_is_wrong_and_the_rest_is_in_prima() -> None:
    # given
    scenario = busy_week.build()
    with desk(scenario) as sandbox:
        # when
        sync("prima_reference", "campaign_orders", "stray_lines", "orders_to_prima")
        until_settled()

        # then
        assert held() == scenario["truth"]
        assert_nothing_lost(sandbox)
        assert PrimaOrder.objects.count() == 2002 - len(scenario["truth"])


def test_a_broken_export_becomes_cases_in_words_and_holds_nothing_else_up() -> None:
    # given
    scenario = malformed_rows.build()
    with desk(scenario) as sandbox:
        # when
        sync("prima_reference", "campaign_orders", "stray_lines", "orders_to_prima")
        until_settled()

        # then
        assert held() == scenario["truth"]
        assert_nothing_lost(sandbox)
        assert PrimaOrder.objects.count() == 102 - len(scenario["truth"])
        assert not SyncItem.objects.filter(state="held", last_error="").exists()
