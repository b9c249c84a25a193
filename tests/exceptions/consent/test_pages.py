"""The consent desk: who may open and do what, and what the pages say."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from connectors.sync.models import NotificationCallback, PrimaSubscription
from exceptions.consent import figures
from exceptions.consent.urls import urlpatterns
from integration.audit.models import AuditEntry
from integration.consent import addresses, ledger
from integration.consent.models import ConsentEvent, Propagation
from integration.identity import keys, merging
from integration.identity.models import Customer
from integration.mirror.models import Contact
from tests.factories.consent import ago, flag, objection, opt_in, opt_out, wording
from tests.factories.estates import contact

pytestmark = pytest.mark.django_db
ANN = addresses.address_hash("email", "ann@example.com")
ARGS = {
    "consent-person": [ANN],
    "consent-take-away": [ANN, "csv"],
    "consent-erase": [ANN],
}
NAMES = [str(pattern.name) for pattern in urlpatterns]
SEES = ("operations", "marketing", "admin_person", "auditor")
SAID = {
    "address": "ann@example.com",
    "channel": "email",
    "said_on": "2026-11-01T10:00",
    "how": "telephone",
    "reference": "call 9",
    "note": "rang Mark",
}


def url(name):
    return reverse(name, args=ARGS.get(name, []))


@pytest.fixture
def ann():
    ledger.record([opt_out(note="by the link")])


@pytest.mark.parametrize("name", NAMES)
def test_nobody_gets_in_without_signing_in(name, ann):
    response = Client().get(url(name))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("sign-in"))


@pytest.mark.parametrize("who", SEES)
@pytest.mark.parametrize("name", ["consent", "consent-under-way", "consent-find", "consent-person"])
def test_who_may_view_consent_reads_every_page(name, who, request, client_for, ann):
    response = client_for(request.getfixturevalue(who)).get(url(name))

    assert response.status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_finance_sees_none_of_it(name, client_for, finance, ann):
    response = client_for(finance).post(url(name), SAID)

    assert response.status_code == 403
    assert ConsentEvent.objects.count() == 1
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("who", ["operations", "auditor", "admin_person"])
@pytest.mark.parametrize("name", ["consent-opt-out", "consent-opt-in", "consent-erase"])
def test_only_marketing_records_and_erases(name, who, request, client_for, ann):
    response = client_for(request.getfixturevalue(who)).post(
        url(name), {**SAID, "reason": "asked", "typed": "ann@example.com"}
    )

    assert response.status_code == 403
    assert ConsentEvent.objects.count() == 1
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("form", ["csv", "pdf", "all"])
def test_an_auditor_takes_no_person_away(form, client_for, auditor, ann):
    response = client_for(auditor).post(reverse("consent-take-away", args=[ANN, form]))

    assert response.status_code == 403
    assert not AuditEntry.objects.exists()


def test_an_auditor_sees_addresses_masked(client_for, auditor, ann):
    client = client_for(auditor)

    for name in ("consent-person", "consent-under-way"):
        page = client.get(url(name)).content.decode()
        assert "ann@example.com" not in page
        assert "a•••@example.com" in page
    assert "by the link" not in client.get(url("consent-person")).content.decode()


def test_the_menu_leads_to_the_consent_desk(client_for, marketing, finance):
    assert reverse("consent") in client_for(marketing).get("/").content.decode()
    assert f'href="{reverse("consent")}"' not in client_for(finance).get("/").content.decode()


def test_the_desk_shows_the_oldest_the_backlog_and_the_lag(client_for, marketing, ann):
    done = Propagation.objects.get(target="sfmc")
    now = timezone.now()
    Propagation.objects.filter(pk=done.pk).update(
        step="done", seen_at=now - timedelta(seconds=12), confirmed_at=now
    )

    page = client_for(marketing).get(reverse("consent"))

    assert page.context["oldest"].target == "prima"
    assert [one.counts for one in page.context["waiting"]] == [(0, 0, 0), (1, 0, 0)]
    [sfmc, _] = page.context["lags"]
    assert (sfmc.count, round(sfmc.p95)) == (1, 12)
    assert "12.0 s" in page.content.decode()


def test_an_empty_desk_says_what_emptiness_means(client_for, marketing):
    page = client_for(marketing).get(reverse("consent")).content.decode()

    assert "every opt-out has been confirmed" in page
    assert "Nobody has said anything yet" in page


def test_the_desk_says_of_both_systems_whether_they_tell_at_once(client_for, marketing):
    page = client_for(marketing).get(reverse("consent")).content.decode()
    assert page.count("Not registered.") == 2

    now = timezone.now()
    NotificationCallback.objects.create(
        name="ours", url="https://desk.example/x", status="broken", created_at=now,
        message="Marketing Cloud does not know the subscription any more.",
    )  # fmt: skip
    PrimaSubscription.objects.create(
        company="main", url="https://desk.example/y", status="subscribed", created_at=now,
        secret="nobody sees this", last_received_at=now - timedelta(minutes=7),
    )  # fmt: skip
    page = client_for(marketing).get(reverse("consent")).content.decode()

    assert "Not registered." not in page
    assert "does not know the subscription any more" in page
    assert "7\xa0minutes ago" in page
    assert "nobody sees this" not in page


def test_a_person_is_found_by_any_of_their_keys_and_the_address_stays_out_of_the_url(
    client_for, marketing, ann
):
    keys.link("CK-ann", "A-ANN", method="test", actor=None)
    Contact.objects.create(key="CK-ann", email="ann@example.com", read_at=timezone.now())
    client = client_for(marketing)

    for text in ("ann@example.com", "ANN@example.com", "ck-ann"):
        response = client.post(reverse("consent-find"), {"q": text})
        assert response["Location"] == reverse("consent-person", args=[ANN])
    nobody = client.post(reverse("consent-find"), {"q": "nobody@example.com"})
    assert "Nobody found" in nobody.content.decode()
    assert client.get(reverse("consent-person", args=["f" * 64])).status_code == 404


@pytest.mark.parametrize("linked", [True, False])
def test_who_never_said_anything_has_a_page_too(linked, client_for, marketing):
    contact("CK-ann", email="ann@example.com")
    if linked:
        keys.link("CK-ann", "A-ANN", method="test", actor=None)
    client = client_for(marketing)

    response = client.post(reverse("consent-find"), {"q": "ann@example.com"}, follow=True)

    page = response.content.decode()
    assert response.status_code == 200
    assert "They have said neither yes nor no" in page
    assert "ann@example.com" not in response.redirect_chain[0][0]
    assert reverse("consent-erase", args=[response.redirect_chain[0][0].split("/")[-2]]) in page


@pytest.mark.parametrize(
    "handle",
    ["contact-999", "order-x", f"contact-{'9' * 40}", "018f0000-0000-7000-8000-000000000000"],
)
def test_a_page_of_nobody_is_not_found(handle, client_for, marketing):
    page = client_for(marketing).get(reverse("consent-person", args=[handle]))

    assert page.status_code == 404


def test_the_customer_page_and_the_consent_page_lead_to_each_other(client_for, marketing, ann):
    contact("CK-ann", email="ann@example.com")
    customer = keys.link("CK-ann", "A-ANN", method="test", actor=None)
    client = client_for(marketing)
    there, back = (
        reverse("consent-person", args=[customer.pk]),
        reverse("customer", args=[customer.pk]),
    )

    assert there in client.get(back).content.decode()
    assert there in client.get(reverse("contact-identity", args=["CK-ann"])).content.decode()
    proof = client.get(there).content.decode()
    assert back in proof
    assert "told by Prima" in proof
    assert back in client.get(reverse("consent-person", args=[ANN])).content.decode()


def test_a_contact_without_a_customer_leads_to_its_consent_and_back(client_for, marketing, ann):
    row = contact("CK-ann", email="ann@example.com")
    client = client_for(marketing)
    there, back = (
        reverse("consent-person", args=[f"contact-{row.pk}"]),
        reverse("contact-identity", args=["CK-ann"]),
    )

    assert there in client.get(back).content.decode()
    assert back in client.get(there).content.decode()


def test_who_may_not_view_consent_is_not_led_to_it(client_for, finance, ann):
    contact("CK-ann", email="ann@example.com")
    customer = keys.link("CK-ann", "A-ANN", method="test", actor=None)

    page = client_for(finance).get(reverse("customer", args=[customer.pk])).content.decode()

    assert reverse("consent-person", args=[customer.pk]) not in page


def test_a_merged_customer_leads_to_the_consent_of_the_one_they_became(client_for, marketing):
    ledger.record([opt_out("ben@example.com")])
    contact("CK-ben", email="ben@example.com")
    kept = keys.link("CK-ben", "A-BEN", method="test", actor=None)
    gone = keys.link("CK-b", "A-B", method="test", actor=None)
    merging.merge(kept, gone, actor=marketing, reason="one person")

    page = client_for(marketing).get(reverse("consent-person", args=[gone.pk])).content.decode()

    assert "ben@example.com" in page
    assert "Opt-out" in page


def test_the_page_of_a_person_proves_everything(client_for, marketing):
    wording()
    ledger.record([opt_in(occurred_at=ago(hours=2)), flag()])
    ledger.record([opt_out(occurred_at=ago(hours=1))])

    page = client_for(marketing).get(reverse("consent-person", args=[ANN])).content.decode()

    assert "Yes, send me your news." in page
    assert "double opt-in" in page.lower()
    assert "form 17" in page
    assert "Opted out" in page
    assert "Does not count" in page


def test_an_objection_is_shown_as_the_address_and_the_persons_and_counted_once(
    client_for, marketing
):
    customer = Customer.objects.create(name="Ann")
    ledger.record([objection(customer_uid=customer.pk)])

    page = client_for(marketing).get(reverse("consent-person", args=[ANN])).content.decode()

    assert page.count("whatever their address") == 3
    assert figures.states() == [("Every channel", "Objected", 1)]


def test_where_it_was_said_is_told_once(client_for, marketing):
    ledger.record([opt_out(source_system="desk", source="desk"), objection()])

    page = client_for(marketing).get(reverse("consent-person", args=[ANN])).content.decode()

    assert "from This desk, told by" in page
    assert "from Prima (prima portal), told by" in page


def test_the_record_is_exported_whole_and_safe_for_a_spreadsheet(client_for, marketing):
    ledger.record([opt_out(evidence_ref="=cmd()", note="+44 rang")])
    client = client_for(marketing)

    answer = client.post(reverse("consent-take-away", args=[ANN, "csv"]))
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    pdf = client.post(reverse("consent-take-away", args=[ANN, "pdf"]))
    held = client.post(reverse("consent-take-away", args=[ANN, "all"]))

    assert len(rows) == 3
    assert "'=cmd()" in rows[1]
    assert pdf.content.startswith(b"%PDF")
    assert b"ann@example.com" in b"".join(held.streaming_content)
    assert AuditEntry.objects.filter(action="person exported").count() == 3


def test_the_desk_tells_who_is_unsubscribed_without_its_having_heard_of_it(
    client_for, marketing, ann
):
    for number, status in enumerate(("Unsubscribed", "Unsubscribed", "Active")):
        contact(f"CK-{number}", email=f"p{number}@example.com", status=status)
    Contact.objects.filter(key="CK-0").update(deleted_at=timezone.now())

    page = " ".join(client_for(marketing).get(reverse("consent")).content.decode().split())

    assert "1 contact is unsubscribed in all" in page


def test_the_list_takes_as_many_queries_for_many_as_for_few(
    client_for, marketing, django_assert_max_num_queries
):
    client = client_for(marketing)
    ledger.record([objection(f"p{number}@example.com") for number in range(40)])

    with django_assert_max_num_queries(9):
        page = client.get(reverse("consent-under-way"))
    with django_assert_max_num_queries(22):
        client.get(reverse("consent"))

    assert page.context["table"].page.paginator.count == 80


def test_the_list_is_exported_and_filtered_by_the_whole_address(client_for, marketing):
    ledger.record([opt_out(), opt_out("ben@example.com")])
    client = client_for(marketing)

    answer = client.get(reverse("consent-under-way") + "?export=csv&q=ANN@example.com")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    assert len(rows) == 3
    assert all("ann@example.com" in row for row in rows[1:])
