"""Who may not act on ticked rows has no boxes to tick."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exceptions.intake import file_findings
from integration.accounts.models import User
from integration.identity.models import Candidate
from tests.factories.customers import proposal
from tests.factories.findings import finding, unknown_sku
from tests.factories.reconciliation import difference

pytestmark = pytest.mark.django_db
ACTS = {
    "cases": "operations",
    "link-reviews": "marketing",
    "proposals": "marketing",
    "differences": "finance",
}


@pytest.mark.parametrize(("name", "who"), ACTS.items())
def test_only_who_may_act_on_rows_ticks_them(
    name: str,
    who: str,
    request: pytest.FixtureRequest,
    client_for: Callable[[User], Client],
    auditor: User,
) -> None:
    file_findings([finding("CO-1", unknown_sku("OAK"))])
    Candidate.objects.create(contact_key="K", account_code="A", score=60, found_at=timezone.now())
    proposal()
    difference("CO-1")
    acts = client_for(request.getfixturevalue(who)).get(reverse(name)).content.decode()
    looks = client_for(auditor).get(reverse(name)).content.decode()

    assert acts.count('name="pk"') == 1
    assert looks.count('name="pk"') == 0
    assert looks.count("<tbody") == 1
