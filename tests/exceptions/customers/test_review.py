"""Links to review, and linking a whole estate."""

import pytest
from django.urls import reverse

from connectors.sync.identity.estate import running
from exceptions.customers import tasks
from exceptions.models import ExceptionCase
from integration.identity import keys
from integration.identity.models import (
    Candidate,
    CustomerLink,
    Distinction,
    LinkRun,
)
from integration.mirror.models import PrimaCustomer
from tests.exceptions.customers.conftest import at, rows
from tests.factories.estates import OTHER_VAT, VAT, account, contact

pytestmark = pytest.mark.django_db


# --- the review queue -----------------------------------------------------------------------------


def test_accepting_links_and_goes_on(client_for, marketing, pair):
    answer = client_for(marketing).post(at("link-accept", pair.pk), {"reason": "She said so"})

    assert answer.status_code == 302
    assert keys.accounts_by_contact(["KATE"]) == {"KATE": "CATH"}
    link = CustomerLink.objects.get(key="KATE")
    assert (link.method, link.evidence) == ("by hand", {"reason": "She said so"})
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == ("approved", str(marketing))


def test_rejecting_is_remembered(client_for, marketing, pair):
    client_for(marketing).post(at("link-reject", pair.pk), {"reason": "Sisters"})
    running.run(running.ask(is_dry=False, name="again"))

    pair.refresh_from_db()
    assert pair.state == "refused"
    assert Candidate.objects.count() == 1
    assert not CustomerLink.objects.exists()
    listed = client_for(marketing).get(at("apart")).content.decode()
    assert "contact KATE" in listed


def test_a_decision_taken_back_lets_them_be_suggested_again(client_for, marketing, pair):
    client = client_for(marketing)
    client.post(at("link-reject", pair.pk), {"reason": "Sisters"})

    client.post(at("apart-back", Distinction.objects.get().pk))
    running.run(running.ask(is_dry=False, name="again"))

    assert Candidate.objects.filter(state="open").count() == 1


def test_who_comes_second_is_told(client_for, marketing, operations, pair):
    client_for(operations).post(at("link-reject", pair.pk))
    before = rows()

    page = client_for(marketing).post(at("link-accept", pair.pk), {"reason": "x"}, follow=True)

    assert "decided this already" in page.content.decode()
    assert rows() == before


def test_two_tax_numbers_are_never_linked_by_hand(client_for, marketing):
    contact("CK-1", company_name="Acme Ltd", tax_number=VAT)
    account("A1", "Acme Ltd", type="company", vat_number=OTHER_VAT)
    before = rows()

    client_for(marketing).post(at("contact-link", "CK-1"), {"account": "A1", "reason": "x"})

    assert rows() == before


@pytest.mark.parametrize("code", ["NONE", "CASH"])
def test_a_pool_or_unknown_account_is_never_linked_by_hand(code, client_for, marketing):
    contact("CK-1")
    account("CASH", "Cash sales", is_pool=True)
    before = rows()

    client_for(marketing).post(at("contact-link", "CK-1"), {"account": code, "reason": "x"})

    assert rows() == before


def test_choosing_one_of_several_closes_the_case(client_for, marketing):
    contact("CK-1", email="j@x.example")
    for code in ("A1", "A2"):
        account(code, email="j@x.example")
    running.run(running.ask(is_dry=False, name="test"))
    right = Candidate.objects.get(account_code="A2")

    client_for(marketing).post(at("link-accept", right.pk), {"reason": "By phone"})

    case = ExceptionCase.objects.get(kind="ambiguous_identity")
    assert case.status == "resolved"
    assert str(marketing) in case.resolution
    assert not Candidate.objects.filter(state="open").exists()


def test_rejecting_all_of_several_closes_the_case(client_for, marketing):
    contact("CK-1", email="j@x.example")
    for code in ("A1", "A2"):
        account(code, email="j@x.example")
    running.run(running.ask(is_dry=False, name="test"))

    ticked = [row.pk for row in Candidate.objects.all()]
    client_for(marketing).post(at("link-bulk"), {"pk": ticked, "decision": "other"})

    assert ExceptionCase.objects.get().status == "resolved"
    assert Distinction.objects.count() == 2


def test_many_are_decided_at_once_and_each_refusal_is_told(client_for, marketing, operations):
    for number in range(3):
        contact(
            f"CK-{number}", first_name="Kate", email=f"k{number}@x.example", postcode=f"M{number}"
        )
        account(f"A{number}", "Cate Smith", postcode=f"M{number}")
    running.run(running.ask(is_dry=False, name="test"))
    found = list(Candidate.objects.all())
    assert len(found) == 3
    account_gone = found[0].account_code
    PrimaCustomer.objects.filter(account_code=account_gone).update(status="inactive")

    page = client_for(marketing).post(
        at("link-bulk"),
        {"pk": [row.pk for row in found], "decision": "same", "reason": "List of the fair"},
        follow=True,
    )

    assert "Linked: 2." in page.content.decode()
    assert f"no active account {account_gone}" in page.content.decode()
    assert Candidate.objects.filter(state="open").count() == 1


@pytest.mark.parametrize("form", ["page", "csv"])
@pytest.mark.parametrize(("who", "shown"), [("marketing", True), ("auditor", False)])
def test_the_list_names_who_they_are_masked_for_those_who_need_not_see(
    who, shown, form, request, client_for, pair
):
    asked = {} if form == "page" else {"export": form}

    answer = client_for(request.getfixturevalue(who)).get(at("link-reviews"), asked)

    told = b"".join(answer).decode()
    assert "KATE" in told
    assert "CATH" in told
    clear = ("Katherine Smith", "kate@x.example", "Catherine Smith", "cath@y.example")
    hidden = ("K••• S•••", "k•••@x.example", "C••• S•••", "c•••@y.example")
    assert [name in told for name in (*clear, *hidden)] == [shown] * 4 + [not shown] * 4


@pytest.mark.parametrize("asked", ["kate", "CATH", "atherine", "CATH@y.example", "nobody"])
def test_a_pair_is_found_by_a_key_a_name_or_an_address(asked, client_for, marketing, pair):
    page = client_for(marketing).get(at("link-reviews"), {"q": asked})

    assert len(page.context["table"].rows) == (asked != "nobody")


# --- the whole estate -----------------------------------------------------------------------------


def test_an_estate_is_looked_at_and_then_linked(client_for, marketing):
    contact("CK-1", email="jane@x.example")
    account("A1", email="jane@x.example")
    contact("CK-2", first_name="Zoe", last_name="Alone", postcode="")
    client = client_for(marketing)

    client.post(at("linking-start"), {"what": "look"})
    look = LinkRun.objects.get()
    tasks.link_estate(look.pk)
    report = client.get(at("link-report", look.pk)).content.decode()

    assert "Would be linked" in report
    assert not CustomerLink.objects.exists()
    client.post(at("linking-start"), {"what": "link"})
    wet = LinkRun.objects.get(is_dry=False)
    tasks.link_estate(wet.pk)
    tasks.link_estate(wet.pk)
    assert keys.accounts_by_contact(["CK-1"]) == {"CK-1": "A1"}
    alone = client.get(at("link-outcomes", wet.pk), {"outcome": "contact_alone", "export": "csv"})
    assert "CK-2" in b"".join(alone).decode()


@pytest.mark.parametrize(("who", "shown"), [("marketing", True), ("auditor", False)])
def test_the_lists_of_a_report_name_who_they_are(who, shown, request, client_for):
    contact("CK-2", first_name="Zoe", last_name="Alone", email="zoe@x.example", postcode="")
    run = running.ask(is_dry=True, name="test")
    running.run(run)
    client = client_for(request.getfixturevalue(who))

    for asked in ({}, {"export": "csv"}):
        told = b"".join(client.get(at("link-outcomes", run.pk), asked)).decode()
        assert "CK-2" in told
        assert [name in told for name in ("Zoe Alone", "zoe@x.example")] == [shown] * 2
        assert [name in told for name in ("Z••• A•••", "z•••@x.example")] == [not shown] * 2
    page = client.get(at("link-outcomes", run.pk), {"q": "zoe"})
    assert len(page.context["table"].rows) == 1


def test_a_second_linking_waits_for_the_first(client_for, marketing):
    client = client_for(marketing)
    client.post(at("linking-start"), {"what": "look"})

    page = client.post(at("linking-start"), {"what": "link"}, follow=True)

    assert "runs already" in page.content.decode()
    assert LinkRun.objects.count() == 1


def test_exports_are_safe_to_open(client_for, marketing):
    contact("=cmd|x", first_name="Kate", postcode="M1 1AA")
    account("A1", "Cate Smith", postcode="M1 1AA")
    running.run(running.ask(is_dry=False, name="test"))

    told = b"".join(client_for(marketing).get(at("link-reviews") + "?export=csv")).decode()

    assert "'=cmd|x" in told


def test_a_case_leads_to_the_contact_and_its_accounts(client_for, marketing):
    contact("CK-1", email="j@x.example")
    for code in ("A1", "A2"):
        account(code, email="j@x.example")
    running.run(running.ask(is_dry=False, name="test"))
    case = ExceptionCase.objects.get()
    client = client_for(marketing)

    page = client.get(reverse("case", args=[case.pk])).content.decode()
    there = client.get(at("contact-identity", "CK-1")).content.decode()

    assert at("contact-identity", "CK-1") in page
    assert "Accounts that it may be" in there
