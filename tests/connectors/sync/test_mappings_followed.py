"""What an admin changes in the mappings is tried on held orders without anybody asking."""

from connectors.sync import runner
from connectors.sync.models import SyncItem
from connectors.sync.reference.mappings import follow_mappings
from exceptions.models import ExceptionCase
from integration.mapping.models import OrderPolicy
from tests.connectors.sync.desk import states


def test_a_policy_changed_in_admin_lets_held_orders_go(happy_day):
    # given no currency is allowed
    policy = OrderPolicy.objects.get()
    allowed, policy.currencies = policy.currencies, "JPY"
    policy.save()
    for flow in ("prima_reference", "campaign_orders", "orders_to_prima"):
        runner.run(flow)
    assert states() == {"held": 60}

    # when an admin allows them again
    policy.currencies = allowed
    policy.save()
    for flow in ("prima_reference", "orders_to_prima"):
        runner.run(flow)

    # then
    assert states() == {"sent": 60}
    resolutions = set(ExceptionCase.objects.values_list("resolution", flat=True))
    assert resolutions == {"Healed by a change of the mappings"}


def test_without_a_change_nothing_is_tried_again(happy_day):
    assert follow_mappings() == 0
    SyncItem.objects.update(state="held")

    assert follow_mappings() == 0
