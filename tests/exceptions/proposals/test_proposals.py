"""Proposals: seen by all, decided by those who keep customers, never on a stale page."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from exceptions.templatetags.drift import drift_trend
from integration.audit.models import AuditEntry
from integration.ownership.models import Proposal
from tests.factories.customers import comparison, drift, proposal

pytestmark = pytest.mark.django_db
DECIDE = "/customers/proposals/decide/"
EVERYBODY = ["operations", "finance", "controller", "marketing", "admin_person", "auditor"]
DECIDERS = ["operations", "marketing"]
PAGES = ["/customers/proposals/", "/customers/drift/"]


def posted(*rows: Proposal, answer: str = "accept", **more: str) -> dict[str, object]:
    return {"pk": [f"{row.pk}:{row.version}" for row in rows], "answer": answer, **more}


@pytest.mark.parametrize("path", [*PAGES, "/customers/proposals/1/"])
def test_nobody_gets_in_without_signing_in(path):
    page = Client().get(path)
    assert page.status_code == 302
    assert page["Location"].startswith(reverse("sign-in"))


@pytest.mark.parametrize("who", EVERYBODY)
def test_every_role_may_look(who, request, client_for):
    row = proposal()
    drift()
    comparison()
    client = client_for(request.getfixturevalue(who))

    for path in [*PAGES, f"/customers/proposals/{row.pk}/"]:
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("who", sorted(set(EVERYBODY) - set(DECIDERS)))
@pytest.mark.parametrize("path", [DECIDE, "/customers/drift/compare/"])
def test_others_decide_nothing(who, path, request, client_for):
    row = proposal()

    page = client_for(request.getfixturevalue(who)).post(path, posted(row))

    assert page.status_code == 403
    row.refresh_from_db()
    assert (row.state, row.version) == ("open", 1)
    assert not AuditEntry.objects.exists()
    assert not OrmQ.objects.exists()


@pytest.mark.parametrize("path", [DECIDE, "/customers/drift/compare/"])
def test_what_changes_something_answers_only_to_post(path, client_for, marketing):
    assert client_for(marketing).get(path).status_code == 405


def test_a_post_without_its_token_is_refused(marketing):
    row = proposal()
    client = Client(enforce_csrf_checks=True)
    client.force_login(marketing)

    assert client.post(DECIDE, posted(row)).status_code == 403
    row.refresh_from_db()
    assert row.state == "open"


@pytest.mark.parametrize("who", DECIDERS)
@pytest.mark.parametrize(("answer", "state"), [("accept", "accepted"), ("reject", "rejected")])
def test_a_decision_is_kept_with_its_person_and_in_the_trail(
    who, answer, state, request, client_for
):
    person, row = request.getfixturevalue(who), proposal()

    page = client_for(person).post(DECIDE, posted(row, answer=answer, reason="Asked by phone."))

    assert page.status_code == 302
    row.refresh_from_db()
    assert (row.state, row.decided_by, row.version) == (state, person, 2)
    entry = AuditEntry.objects.get(action=f"proposal {state}")
    assert entry.details["after"] == {"address": "9••• L••• R••• L•••"}
    assert entry.details["reason"] == "Asked by phone."
    assert OrmQ.objects.count() == 1


def test_a_proposal_that_changed_since_it_was_shown_is_refused(client_for, marketing):
    row = proposal()
    Proposal.objects.filter(pk=row.pk).update(version=2, proposed="Somewhere else")

    page = client_for(marketing).post(DECIDE, posted(row), follow=True)

    row.refresh_from_db()
    assert row.state == "open"
    assert "had changed" in str(next(iter(page.context["messages"])))
    assert not AuditEntry.objects.exists()


def test_two_people_do_not_decide_twice(client_for, marketing, operations):
    row = proposal()
    client_for(marketing).post(DECIDE, posted(row))

    client_for(operations).post(DECIDE, posted(row, answer="reject"))

    row.refresh_from_db()
    assert (row.state, row.decided_by) == ("accepted", marketing)


def test_all_that_match_are_decided_but_not_what_changed_since(client_for, marketing):
    # given
    rows = [proposal(f"CK-{number}") for number in range(3)]
    other = proposal("CK-9", field="name")
    shown_at = timezone.now()
    Proposal.objects.filter(pk=rows[2].pk).update(changed_at=shown_at + timedelta(seconds=5))

    # when
    told = {"everything": "3", "filter": "field=address", "shown_at": shown_at.isoformat()}
    client_for(marketing).post(DECIDE, {**told, "answer": "reject"})

    # then
    states = dict(Proposal.objects.values_list("contact_key", "state"))
    assert states == {"CK-0": "rejected", "CK-1": "rejected", "CK-2": "open", "CK-9": "open"}
    assert other.state == "open"


def test_an_answer_nobody_knows_changes_nothing(client_for, marketing):
    row = proposal()
    client_for(marketing).post(DECIDE, posted(row, answer="perhaps"))
    row.refresh_from_db()
    assert row.state == "open"


def test_nothing_ticked_is_told(client_for, marketing):
    page = client_for(marketing).post(DECIDE, {"answer": "accept"}, follow=True)
    assert "No proposal is selected" in page.content.decode()


@pytest.mark.parametrize("path", ["/customers/proposals/", "/customers/proposals/{}/"])
def test_an_auditor_sees_values_masked(path, client_for, auditor, marketing):
    row = proposal()
    url = path.format(row.pk)

    masked = client_for(auditor).get(url).content.decode()
    clear = client_for(marketing).get(url).content.decode()

    assert "9 Low Road" not in masked
    assert "Acme Trading" not in masked
    assert "9 Low Road" in clear


def test_the_list_is_exported_as_the_reader_may_see_it(client_for, marketing, auditor):
    proposal(proposed='=HYPERLINK("x")')

    told = client_for(marketing).get("/customers/proposals/?export=csv")
    hidden = client_for(auditor).get("/customers/proposals/?export=csv")

    assert "'=HYPERLINK" in b"".join(told.streaming_content).decode()
    assert "1 High Street" not in b"".join(hidden.streaming_content).decode()


def test_the_list_narrows_by_field_source_and_text(client_for, marketing):
    proposal("CK-1", field="name")
    proposal("CK-2", field="email", source="prima", owner="sfmc", name="Beta Ltd")
    client = client_for(marketing)

    for query, keys in (
        ("field=name", ["CK-1"]),
        ("source=prima", ["CK-2"]),
        ("q=beta", ["CK-2"]),
        ("q=ck-1", ["CK-1"]),
        ("state=accepted", []),
    ):
        page = client.get(f"/customers/proposals/?{query}")
        assert [row.record.contact_key for row in page.context["table"].rows] == keys


def test_an_empty_list_says_what_it_means(client_for, marketing):
    assert "Nothing waits for a decision" in (
        client_for(marketing).get("/customers/proposals/").content.decode()
    )
    assert "Nothing has been compared yet" in (
        client_for(marketing).get("/customers/drift/").content.decode()
    )


def test_the_drift_page_tells_counts_and_trend(client_for, marketing, auditor):
    drift()
    comparison(differing=5)
    comparison(differing=3)

    page = client_for(marketing).get("/customers/drift/").content.decode()

    assert "Customers that differ" in page
    assert 'class="drifttrend"' in page
    assert "Does not hold" in page
    assert "Acme Trading" not in client_for(auditor).get("/customers/drift/").content.decode()


def test_one_comparison_is_no_trend_yet(client_for, marketing):
    comparison()

    page = client_for(marketing).get("/customers/drift/").content.decode()

    assert "A trend needs two" in page
    assert 'class="drifttrend"' not in page


def test_few_comparisons_make_slim_bars():
    few, many = drift_trend([comparison()] * 2), drift_trend([comparison()] * 30)

    assert max(float(width) for width in re.findall(r'<rect [^>]*width="([\d.]+)"', few)) < 60
    assert max(float(x) for x in re.findall(r'<rect [^>]*x="([\d.]+)"', many)) > 600


def test_a_comparison_is_started_by_those_who_keep_customers(client_for, marketing):
    client_for(marketing).post("/customers/drift/compare/")

    assert OrmQ.objects.get().task["args"] == ("compare_contacts", str(marketing))
    assert AuditEntry.objects.get().action == "comparison started"


@pytest.mark.parametrize("path", PAGES)
def test_a_list_costs_the_same_however_long(
    path, client_for, marketing, django_assert_max_num_queries
):
    comparison()
    for number in range(60):
        proposal(f"CK-{number}")
        drift(f"CK-{number}")

    with django_assert_max_num_queries(27):
        client_for(marketing).get(path)


def test_what_was_decided_or_has_healed_is_shown_only_when_asked_for(client_for, marketing):
    proposal("CK-1", state="overtaken")
    drift("CK-2", healed_at=timezone.now())
    client = client_for(marketing)

    for path, asked in (
        ("/customers/proposals/", "state=all"),
        ("/customers/drift/", "healed=yes"),
    ):
        assert len(client.get(path).context["table"].rows) == 0
        assert len(client.get(f"{path}?{asked}").context["table"].rows) == 1
