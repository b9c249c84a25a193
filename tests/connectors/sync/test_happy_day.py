"""Orders travel from Marketing Cloud to Prima."""

from connectors.sandbox.running import RunningSandbox
from connectors.sync import runner
from connectors.sync.models import SyncRun
from integration.mirror.models import CampaignOrder, PrimaCustomer, PrimaItem, PrimaOrder
from tests.connectors.sync.desk import states


def test_every_order_of_a_happy_day_is_in_prima_once(happy_day: RunningSandbox):
    # when
    for flow in ("prima_reference", "campaign_orders", "orders_to_prima"):
        done = runner.run(flow)
        assert done is not None
        assert (done.flow, done.status, done.message, done.traceback) == (
            flow, SyncRun.Status.SUCCEEDED, "", "",
        )  # fmt: skip

    # then
    assert PrimaCustomer.objects.count() == len(happy_day.scenario["prima"]["customers"])
    assert PrimaItem.objects.count() == len(happy_day.scenario["prima"]["items"])
    assert states() == {"sent": 60}
    assert PrimaOrder.objects.count() == CampaignOrder.objects.count() == 60
    posts = [n for path, n in happy_day.calls().items() if path.startswith("POST /prima/v1")]
    assert sum(posts) == 60
