"""Recording by hand what people said: by any address, with its trail, or refused."""

import pytest
from django.urls import reverse
from django_q.models import OrmQ

from integration.audit.models import AuditEntry
from integration.consent import addresses
from integration.consent.models import ConsentEvent, Propagation
from integration.identity import keys
from tests.factories.consent import wording
from tests.factories.estates import contact

pytestmark = pytest.mark.django_db
ANN = addresses.address_hash("email", "ann@example.com")
SAID = {
    "address": "ann@example.com",
    "channel": "email",
    "said_on": "2026-11-01T10:00",
    "how": "telephone",
    "reference": "call 9",
    "note": "rang Mark",
}


def test_a_no_by_telephone_is_recorded_with_its_trail_and_set_going(client_for, marketing):
    response = client_for(marketing).post(reverse("consent-opt-out"), SAID)

    assert response["Location"] == reverse("consent-person", args=[ANN])
    event = ConsentEvent.objects.get()
    assert (event.action, event.method, event.actor) == ("opt_out", "telephone", str(marketing))
    assert event.evidence_ref == "call 9"
    assert Propagation.objects.count() == 2
    assert {row.key for row in OrmQ.objects.all()} == {"consent"}
    entry = AuditEntry.objects.get()
    assert "ann@" not in str(entry.details) + entry.target_label


def test_an_objection_by_letter_is_to_everything(client_for, marketing):
    client_for(marketing).post(
        reverse("consent-opt-out"), {**SAID, "everything": "on", "how": "letter"}
    )

    assert ConsentEvent.objects.get().channel == "all"


@pytest.mark.parametrize(
    ("channel", "address"),
    [("sms", "07700 900123"), ("post", "1 High Street, Leeds LS1 4DL")],
)
def test_an_objection_to_everything_may_name_a_telephone_or_a_house(
    channel, address, client_for, marketing
):
    contact("CK-1", email="ann@example.com", mobile="+44 7700 900123")
    customer = keys.link("CK-1", "A-1", method="test", actor=None)
    said = {**SAID, "address": address, "channel": channel, "everything": "on"}

    response = client_for(marketing).post(reverse("consent-opt-out"), said)

    hashed = addresses.address_hash(channel, address)
    assert response["Location"] == reverse("consent-person", args=[hashed])
    event = ConsentEvent.objects.get(address_hash=hashed)
    assert (event.action, event.channel) == ("objection", "all")
    if channel == "sms":
        assert event.customer_uid == customer.uid


def test_a_yes_needs_its_wording_and_its_evidence(client_for, marketing):
    client = client_for(marketing)
    given = {**SAID, "how": "paper form", "wording": str(wording().pk)}

    for missing in ("wording", "reference"):
        page = client.post(reverse("consent-opt-in"), {**given, missing: ""})
        assert page.status_code == 200
    assert not ConsentEvent.objects.exists()
    client.post(reverse("consent-opt-in"), given)

    event = ConsentEvent.objects.get()
    assert event.counts_at is not None
    assert str(event.wording) == "newsletter 3"


@pytest.mark.parametrize(
    "changes", [{"address": "nobody"}, {"said_on": "2999-01-01T10:00"}, {"how": "telepathy"}]
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(changes, client_for, marketing):
    page = client_for(marketing).post(reverse("consent-opt-out"), {**SAID, **changes})

    assert page.status_code == 200
    assert not ConsentEvent.objects.exists()
