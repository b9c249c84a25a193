"""A person who is erased leaves no name and no value in proposals and differences."""

import pytest
from django.utils import timezone

from integration.ownership.erasing import forget
from integration.ownership.models import Standing
from tests.factories.customers import drift, proposal


@pytest.mark.django_db
def test_names_and_values_go_and_the_decision_stays():
    # given
    asked, differs, other = proposal("CK-1"), drift("CK-1"), proposal("CK-2")
    Standing.objects.create(contact_key="CK-1", account_code="A", changed_at=timezone.now())

    # when
    concerned = forget(["CK-1"])

    # then
    assert concerned == 2
    for row in (asked, differs, other):
        row.refresh_from_db()
    assert (asked.name, asked.current, asked.proposed) == ("erased", "", "")
    assert (differs.name, differs.sfmc_value, differs.prima_value) == ("erased", "", "")
    assert (asked.state, asked.field) == ("open", "address")
    assert other.proposed
    assert not Standing.objects.exists()
    assert forget(["CK-1"]) == 1
