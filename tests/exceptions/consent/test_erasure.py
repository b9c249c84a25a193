"""A person is forgotten; that they must not be written to is not."""

import json

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from connectors.sync.models import Notification
from connectors.sync.outgoing.row import OutgoingRow
from exceptions import corrections, intake
from exceptions.models import BulkJob, ExceptionCase
from integration.audit import trail
from integration.audit.models import AuditEntry
from integration.consent import addresses, ledger
from integration.consent.models import ConsentEvent, Propagation, Suppression
from integration.consent.suppression import allowed
from integration.core.problems import Problem
from integration.identity import keys
from integration.mirror.models import CampaignOrder, Contact, PrimaCustomer
from integration.ownership.models import Proposal
from integration.records.audience import Recipient
from tests.exceptions.preflight.test_pages import a_finding, a_run
from tests.factories.consent import opt_out
from tests.factories.estates import contact
from tests.factories.findings import finding

pytestmark = pytest.mark.django_db
ANN = addresses.address_hash("email", "ann@example.com")
SECRETS = ("ann@example.com", "Ann Archer", "1 High Street")


@pytest.fixture
def ann(marketing):
    now = timezone.now()
    customer = keys.link("CK-ann", "A-ANN", method="test", actor=None)
    type(customer).objects.filter(pk=customer.pk).update(name="Ann Archer")
    Contact.objects.create(
        key="CK-ann", email="ann@example.com", first_name="Ann", last_name="Archer",
        data={"email": "ann@example.com"}, read_at=now,
    )  # fmt: skip
    PrimaCustomer.objects.create(
        prima_id="1", account_code="A-ANN", name="Ann Archer", email="ann@example.com",
        data={"name": "Ann Archer"}, read_at=now,
    )  # fmt: skip
    order = {
        "key": "CO-1", "email": "ann@example.com", "invoice_name": "Ann Archer",
        "invoice_line1": "1 High Street", "total_paid": "10.00",
    }  # fmt: skip
    CampaignOrder.objects.create(
        key="CO-1", payload={"order": order, "lines": [{"sku": "OAK"}]}, content_hash="x",
        contact_key="CK-ann", email="ann@example.com", customer_name="Ann Archer",
        first_seen_at=now, last_seen_at=now,
    )  # fmt: skip
    Notification.objects.create(
        received_at=now, body=json.dumps([{"info": {"to": "ann@example.com"}}]), body_hash="x"
    )
    Proposal.objects.create(
        contact_key="CK-ann", name="Ann Archer", field="email", source="sfmc", owner="prima",
        current="", proposed="ann@example.com", created_at=now, changed_at=now,
    )  # fmt: skip
    OutgoingRow.objects.create(
        part="contact", key="CK-ann", values={"name": "Ann Archer", "email": "ann@example.com"},
        content_hash="x", not_before=now, changed_at=now,
    )  # fmt: skip
    a_finding(
        a_run(marketing), "CK-ann", label="Ann Archer", code="missing_tax_number",
        impersonal="Ann Archer",
        facts={"contact_key": "CK-ann", "name": "Ann Archer"},
    )  # fmt: skip
    intake.file_findings([
        finding("CO-1", Problem(
            "customer_not_found", "The customer Ann Archer (CK-ann) has no account.",
            {"contact_key": "CK-ann", "name": "Ann Archer", "email": "ann@example.com"},
        ))
    ])  # fmt: skip
    told = {"account_name": "Ann Archer", "email": "ann@example.com", "line1": "1 High Street"}
    BulkJob.objects.create(
        title="Open an account for contact CK-ann", action="create_account", actor=marketing,
        case=ExceptionCase.objects.get(), created_at=now, finished_at=now, state="done",
        payload={"step": "orders", "rows": ["CO-1"],
                 "request": {"contact": "CK-ann", "account": told}},
    )  # fmt: skip
    change = {"from": "ann@example.com", "to": "ann.archer@example.com"}
    corrections.correct(
        CampaignOrder.objects.get(), {"/order/email": change}, "typed wrong", actor=marketing
    )
    ledger.record([opt_out(note="Ann Archer rang", ip_address="192.0.2.1")])
    Propagation.objects.update(step="done")


def post(client, **changes):
    given = {"reason": "asked to be forgotten", "typed": "Ann@example.com", **changes}
    return client.post(reverse("consent-erase", args=[ANN]), given)


def everything():
    """All text in the tables that hold people, the audit trail too."""
    tables = [
        "mirror_contact", "mirror_primacustomer", "mirror_campaignorder", "identity_customer",
        "consent_consentaddress", "consent_consentevent", "consent_consentevidence",
        "ownership_proposal", "sync_notification", "exceptions_occurrence", "audit_auditentry",
        "sync_outgoingrow", "exceptions_preflightfinding", "exceptions_exceptioncase",
        "exceptions_bulkjob", "mirror_ordercorrection",
    ]  # fmt: skip
    found = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {table} t")
            found += [row[0] for row in cursor.fetchall()]
    return " ".join(found)


def test_nothing_that_names_the_person_is_left_and_they_are_never_written_to(
    client_for, marketing, ann
):
    assert all(secret in everything() for secret in SECRETS)

    assert post(client_for(marketing)).status_code == 302

    assert [secret for secret in SECRETS if secret.lower() in everything().lower()] == []
    assert Suppression.objects.filter(address_hash=ANN).exists()
    again = [Recipient("CK-new", email="ann@example.com"), Recipient("CK-ann", email="x@y.example")]
    assert allowed(again, "email", "marketing").cleared == frozenset()
    order = CampaignOrder.objects.get()
    assert order.payload["order"]["total_paid"] == "10.00"
    assert order.payload["lines"] == [{"sku": "OAK"}]
    case = ExceptionCase.objects.get()
    assert (case.title, case.facts["contact_key"]) == (
        "Contact CK-ann has no account in Prima",
        "CK-ann",
    )
    assert case.occurrences.get().message == "The customer (erased) (CK-ann) has no account."
    job = BulkJob.objects.get()
    assert (job.payload["rows"], job.payload["request"]["contact"]) == (["CO-1"], "CK-ann")


def test_the_trail_says_who_erased_and_why_and_stays_whole(client_for, marketing, ann):
    post(client_for(marketing))

    entry = AuditEntry.objects.get(action="person erased")
    assert entry.actor == marketing
    assert entry.details["reason"] == "asked to be forgotten"
    assert entry.details["rows"]["orders"] == 1
    assert trail.verify().sound


@pytest.mark.parametrize("changes", [{"typed": "ben@example.com"}, {"typed": ""}, {"reason": ""}])
def test_without_the_typed_address_and_a_reason_nothing_happens(
    changes, client_for, marketing, ann
):
    before = everything()

    assert post(client_for(marketing), **changes).status_code == 200

    assert everything() == before


def test_who_is_still_being_unsubscribed_is_not_erased_yet(client_for, marketing, ann):
    Propagation.objects.filter(target="sfmc").update(step="leave")
    before = everything()

    page = post(client_for(marketing))

    assert "still on its way" in page.content.decode()
    assert everything() == before


def test_the_page_of_who_was_erased_still_proves_what_was_said(client_for, marketing, ann):
    client = client_for(marketing)
    post(client)

    page = client.get(reverse("consent-person", args=[ANN])).content.decode()

    assert "Erased" in page
    assert "Opt-out" in page
    assert "ann@example.com" not in page
    assert ConsentEvent.objects.filter(action="objection").exists()


def test_who_was_erased_is_not_offered_to_be_erased_again(client_for, marketing, ann):
    client = client_for(marketing)
    erase = reverse("consent-erase", args=[ANN])
    assert erase in client.get(reverse("consent-person", args=[ANN])).content.decode()
    post(client)
    before = everything()

    page = client.get(reverse("consent-person", args=[ANN])).content.decode()
    again = client.get(erase, follow=True).content.decode()
    post(client)

    assert erase not in page
    assert f"{marketing} erased what the desk held of them on" in page
    assert "They are erased already." in again
    assert everything() == before


def test_who_came_back_after_being_erased_may_be_erased_once_more(client_for, marketing, ann):
    client = client_for(marketing)
    post(client)
    Contact.objects.filter(key="CK-ann").update(email="ann@example.com")

    page = client.get(reverse("consent-person", args=[ANN])).content.decode()

    assert "has told of them again" in page
    assert reverse("consent-erase", args=[ANN]) in page


def test_a_contact_without_a_story_is_erased_and_their_page_says_so(client_for, marketing):
    row = contact("CK-zoe", email="zoe@example.com")
    client = client_for(marketing)
    url = reverse("consent-erase", args=[f"contact-{row.pk}"])

    page = client.post(url, {"reason": "asked", "typed": "zoe@example.com"}, follow=True)

    assert f"{marketing} erased what the desk held" in page.content.decode()
    row.refresh_from_db()
    assert (row.email, row.first_name) == ("", "")


def test_whoever_is_erased_is_not_reached_by_telephone_or_letter_either(client_for, marketing, ann):
    Contact.objects.update(mobile="07700 900123")
    uid = keys.link("CK-ann", "A-ANN", method="test", actor=None).uid
    ledger.record(
        [
            opt_out("1 High Street, Leeds LS1 4DL", channel="post", customer_uid=uid),
            opt_out("07700 900456", channel="sms", customer_uid=uid),
        ]
    )
    Propagation.objects.update(step="done")

    assert post(client_for(marketing)).status_code == 302

    assert "900456" not in everything()
    assert "High Street" not in everything()
    for told in ({"mobile": "+447700900123"}, {"mobile": "+447700900456"}):
        one = Recipient("CK-new", email="new@example.com", **told)
        assert not allowed([one], "sms", "marketing").cleared
    home = Recipient("CK-new", post="1 High Street, Leeds LS1 4DL")
    assert not allowed([home], "post", "marketing").cleared
