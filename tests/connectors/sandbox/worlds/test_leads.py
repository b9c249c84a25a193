"""The leads of a busy week, and its drifting contacts, are what the world says they are."""

from random import Random

import pytest

from connectors.sandbox.running import running
from connectors.sandbox.scenarios import busy_week
from connectors.sandbox.worlds import cast, catalogue, leads
from connectors.sync import runner
from exceptions.models import Occurrence
from integration.identity import keys
from integration.ownership.models import Drift, Proposal
from tests.connectors.sync.desk import connect, map_as

SEED = 2026
FLOWS = (
    "prima_reference", "contacts", "customer_links", "customers", "customers", "compare_contacts",
)  # fmt: skip


def people() -> cast.Cast:
    random = Random(SEED)
    catalogue.build(random, 300)
    return cast.build(random, 420)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_wrong_leads_become_their_cases_and_the_others_accounts():
    # given
    everybody, wrong = leads.leads(Random(SEED), busy_week.LEADS, people())
    with running(busy_week.build(orders=20)) as sandbox:
        connect(sandbox)
        map_as(sandbox.scenario)

        # when
        for flow in FLOWS:
            done = runner.run(flow)
            assert done is not None
            assert done.traceback == ""

    # then
    seen = Occurrence.objects.filter(object="contact", closed_at__isnull=True)
    assert dict(seen.values_list("external_id", "case__kind")) == wrong
    right = {person.contact_key for person in everybody} - set(wrong)
    assert set(keys.accounts_by_contact(right)) == right
    proposed = set(Proposal.objects.values_list("field", flat=True))
    assert proposed == {"name", "address"}
    assert Drift.objects.filter(state="proposed").count() == 2
