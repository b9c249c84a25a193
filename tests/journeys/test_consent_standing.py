"""Who was unsubscribed in Marketing Cloud before the desk came is left alone by Prima, too."""

import pytest

from connectors.sync.consent import standing
from connectors.sync.models import Cursor
from integration.consent.models import ConsentEvent, Propagation
from integration.consent.suppression import allowed
from integration.mirror.models import Contact
from integration.records.audience import Recipient
from tests.journeys import consent_desk as desk

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
ANN = Recipient("CK-ann", email="ann@example.com")


@pytest.fixture
def estate():
    """Ann and Ben have been unsubscribed for long, without any event that tells of it."""
    there = [
        {"key": f"CK-{name}", "email": f"{name}@example.com", "status": status}
        for name, status in (("ann", "Unsubscribed"), ("ben", "Unsubscribed"), ("cy", "Active"))
    ]
    with desk.estate(3, subscribers=there) as sandbox:
        Contact.objects.filter(key__in=["CK-ann", "CK-ben"]).update(status="Unsubscribed")
        yield sandbox


def heard() -> list[str]:
    refs = ConsentEvent.objects.filter(method="unsubscribed before")
    return sorted(ref.partition(" ")[0] for ref in refs.values_list("source_ref", flat=True))


def test_who_was_unsubscribed_before_is_suppressed_here_and_told_to_prima_once(estate):
    desk.sync("consent_from_sfmc")

    assert heard() == ["CK-ann", "CK-ben"]
    assert not allowed([ANN], "email", "marketing").cleared
    desk.until_confirmed()
    assert [desk.at_prima_is(name) for name in ("ann", "ben", "cy")] == ["opt_out", "opt_out", ""]
    assert desk.status("ann") == "Unsubscribed"

    Cursor.objects.filter(flow=standing.FLOW).update(moved_at=None)
    desk.sync()
    assert ConsentEvent.objects.count() == 2


def test_they_come_a_few_at_a_time_and_then_the_desk_rests(estate, monkeypatch):
    monkeypatch.setattr(standing, "A_FEW", 1)

    desk.sync("consent_from_sfmc")
    assert heard() == ["CK-ann"]
    desk.sync("consent_from_sfmc")
    assert heard() == ["CK-ann", "CK-ben"]

    desk.sync("consent_from_sfmc")
    Contact.objects.filter(key="CK-cy").update(status="Unsubscribed")
    desk.sync("consent_from_sfmc")
    assert Cursor.objects.get(flow=standing.FLOW).value == ""
    assert heard() == ["CK-ann", "CK-ben"]


def test_they_wait_while_others_are_on_their_way(estate, monkeypatch):
    monkeypatch.setattr(standing, "BUSY", 1)
    desk.says_no_in_the_portal(estate, "cy")
    desk.sync("consent_from_prima", "consent_from_sfmc")

    assert Propagation.objects.exists()
    assert heard() == []


def test_who_is_subscribed_again_or_has_said_no_here_is_no_news(estate):
    Contact.objects.filter(key="CK-cy").update(status="Unsubscribed")  # as it was read last
    desk.says_no_in_the_portal(estate, "ann")
    desk.sync("consent_from_prima")

    desk.sync("consent_from_sfmc")

    assert heard() == ["CK-ben"]
