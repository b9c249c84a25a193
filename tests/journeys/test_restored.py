"""The desk was restored from a backup: what it said since comes back from those whom it told."""

import pytest
from django.db import connection

from connectors.sync.consent.prima_shelf import FEED
from connectors.sync.models import Cursor
from integration.consent import ledger
from integration.consent.models import ConsentEvent
from integration.consent.suppression import allowed
from integration.mirror.models import Contact
from integration.records.audience import Recipient
from tests.factories.consent import objection, opt_out
from tests.journeys import consent_desk as desk

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
ANN = Recipient("CK-ann", email="ann@example.com", mobile="+447700900123")
TABLES = ("consent_consentevent", "consent_suppression")


@pytest.fixture
def estate():
    with desk.estate() as sandbox:
        yield sandbox


def restore() -> None:
    """As of before anybody said anything."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("TRUNCATE consent_consentaddress, consent_consentstate CASCADE")
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    Cursor.objects.all().delete()
    Contact.objects.update(status="Active")


def is_allowed(channel: str) -> bool:
    return bool(allowed([ANN], channel, "marketing").cleared)


@pytest.mark.parametrize(
    ("said", "channels"), [(objection, ("email", "sms")), (opt_out, ("email",))]
)
def test_a_no_the_desk_was_told_by_telephone_outlives_its_own_backup(estate, said, channels):
    # given
    desk.sync()
    ledger.record([said(source_system="desk", source="desk", method="telephone")])
    desk.until_confirmed()
    before = desk.at_prima_is("ann")
    restore()
    assert is_allowed("email")

    # when
    desk.sync("consent_from_prima")

    # then
    assert [channel for channel in channels if is_allowed(channel)] == []
    desk.until_confirmed()
    assert {before, desk.at_prima_is("ann")} <= {"opt_out", "objection"}
    assert desk.status("ann") == "Unsubscribed"


def test_what_the_ledger_holds_is_taken_for_the_echo_it_is(estate):
    desk.sync()
    ledger.record([objection(source_system="desk", source="desk", method="telephone")])
    desk.until_confirmed()
    before = ConsentEvent.objects.count()
    Cursor.objects.filter(flow=FEED).delete()

    desk.sync("consent_from_prima")

    assert ConsentEvent.objects.count() == before
