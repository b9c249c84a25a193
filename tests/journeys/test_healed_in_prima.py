"""What is put right in Prima itself heals by itself."""

import pytest

from connectors.sync.models import SyncItem
from tests.connectors.sync.desk import at_prima, booked_in_prima
from tests.journeys.conftest import case_of

pytestmark = [pytest.mark.slow, pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_missing_tax_number_set_in_prima_heals_by_itself(week, sync):
    # given an Irish company without a tax number
    sync()
    case = case_of("missing_tax_number", account="C100433")
    keys = set(case.occurrences.values_list("external_id", flat=True))
    also_wrong = {key for key in keys if len(week.scenario["truth"][key]) > 1}

    # when somebody sets it in Prima, and the syncs come round
    at_prima(week, "PATCH", "customers/C100433", vat_number="IE6388047V")
    sync("prima_reference", "orders_to_prima")

    # then
    case.refresh_from_db()
    assert case.status == "resolved"
    assert "C100433" in case.resolution
    assert keys - also_wrong <= set(booked_in_prima(week))


def test_a_hold_lifted_in_prima_lets_the_orders_go(week, sync):
    sync()
    case = case_of("account_terms", account="C100432", reason="hold_all")
    keys = set(case.occurrences.values_list("external_id", flat=True))

    at_prima(week, "PATCH", "customers/C100432", hold="none")
    sync("prima_reference", "orders_to_prima")

    case.refresh_from_db()
    assert case.status == "resolved"
    states = SyncItem.objects.filter(external_id__in=keys).values_list("state", flat=True)
    assert "sent" in set(states)
