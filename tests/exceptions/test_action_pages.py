"""Every action of every kind opens as a page, whatever is typed into it."""

import pytest
from django.urls import reverse

from exceptions.action import actions
from exceptions.kind import kinds
from integration.accounts.roles import Role
from tests.factories.cases import FACTS, account, case_of, code, item
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db
ODD = {
    "search": "a\x00'\"<b>é🎉%_\\",
    "product": "a\x00",
    "account": "'; --",
    "order": "CO-1\x00",
    "everything": "1",
    "number": "GB\x00",
    "treatment": "nonsense",
    "scope": "nonsense",
    "to": "nobody\x00",
    "lines.0.quantity": "2",
}


@pytest.mark.parametrize("kind", sorted(FACTS))
def test_the_page_of_a_case_and_of_each_of_its_actions_opens(kind: str, client_for) -> None:
    # given
    item("WAR-36", "Warranty 36 months")
    account("ACME", contact_key="C-1")
    code("charge", "CARR", "Carriage")
    code("tax", "S", "Standard")
    case = case_of(kind)
    client = client_for(PersonFactory.create(roles=[role.value for role in Role]))

    # then
    assert client.get(reverse("case", args=[case.pk])).status_code == 200
    for slug in kinds()[kind].actions:
        url = reverse("act", args=[case.pk, slug])
        assert client.get(url).status_code == 200, slug
        assert client.get(url, ODD).status_code == 200, slug
        if actions()[slug].asks:
            assert client.post(url, {**ODD, "version": "1"}).status_code == 422, slug
