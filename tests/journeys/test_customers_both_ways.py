"""A customer's data both ways, and a lead from the form to its first order."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from connectors.sandbox.running import RunningSandbox
from exceptions.models import ExceptionCase
from integration.accounts.models import User
from integration.audit.models import AuditEntry
from integration.ownership.models import Proposal
from tests.connectors.sync.contacts.both import (
    LEAD,
    cloud_says,
    in_cloud,
    in_prima,
    pair,
    sync,
    until_settled,
    with_key,
)
from tests.connectors.sync.desk import at_prima
from tests.journeys import desk
from tests.journeys.desk import At, case_of

pytestmark = pytest.mark.slow

DECIDE = "/customers/proposals/decide/"


@pytest.fixture
def shop(transactional_db: None) -> Iterator[RunningSandbox]:
    with desk.desk(desk.world(right=1, wrong=0)) as sandbox:
        sync()
        sync()
        yield sandbox


def decide(client: Client, proposal: Proposal, answer: str) -> None:
    told = {"pk": [f"{proposal.pk}:{proposal.version}"], "answer": answer, "reason": "By phone."}
    assert client.post(DECIDE, told).status_code == 302


def test_a_customer_who_moves_in_prima_is_written_to_at_the_new_address(shop: RunningSandbox):
    # given
    contact, account = pair()
    [there] = in_prima(shop, account_code=account.account_code)
    moved = [{**there["addresses"][0], "lines": ["12 New Lane"], "city": "York",
              "postcode": "YO1 7HH", "country": "GB"}]  # fmt: skip

    # when
    at_prima(shop, "PATCH", f"customers/{account.account_code}", addresses=moved)
    until_settled()

    # then
    row = in_cloud(contact.key)
    assert (row["addressline1"], row["city"], row["postcode"]) == ("12 New Lane", "York", "YO1 7HH")
    assert in_cloud(contact.key, "PRIMA_Contact")["addressline1"] == "12 New Lane"
    sync()
    assert not Proposal.objects.exists()


def test_a_change_on_the_web_waits_for_a_person_and_then_goes_to_prima(
    shop: RunningSandbox, client_for: Callable[[User], Client], marketing: User
):
    # given
    contact, account = pair()
    cloud_says(contact.key, CompanyName="Married And Merged Ltd")
    sync()
    proposal = Proposal.objects.get()
    assert in_prima(shop, account_code=account.account_code)[0]["name"] == account.name

    # when
    decide(client_for(marketing), proposal, "accept")
    until_settled()
    sync()

    # then
    assert in_prima(shop, account_code=account.account_code)[0]["name"] == "Married And Merged Ltd"
    proposal.refresh_from_db()
    assert proposal.settled_at is not None
    assert AuditEntry.objects.filter(action="proposal accepted").count() == 1


def test_a_rejected_change_is_put_back_at_its_source(
    shop: RunningSandbox, client_for: Callable[[User], Client], operations: User
):
    contact, account = pair()
    cloud_says(contact.key, CompanyName="Nonsense Ltd")
    sync()

    decide(client_for(operations), Proposal.objects.get(), "reject")
    until_settled()
    sync()

    assert in_cloud(contact.key)["companyname"] == account.name
    assert Proposal.objects.get().settled_at is not None
    assert in_prima(shop, account_code=account.account_code)[0]["name"] == account.name


def test_a_lead_is_put_right_on_the_page_before_it_ever_orders(
    shop: RunningSandbox, at: Callable[[User], At], marketing: User
):
    # given
    cloud_says("LEAD-J", **{**LEAD, "TaxNumber": "GB 123"})
    sync()
    case = case_of("invalid_tax_number", contact_key="LEAD-J")

    # when
    said = at(marketing).act(
        case, "correct_contact", **_form(TaxNumber="GB 980 7806 84"), reason="Their letterhead."
    )
    desk.cluster()
    until_settled()

    # then
    assert "Marketing Cloud" in said
    case.refresh_from_db()
    assert case.status == "resolved"
    assert "correction of the contact" in case.resolution
    assert in_cloud("LEAD-J")["taxnumber"] == "GB 980 7806 84"
    assert len(with_key(shop, "LEAD-J")) == 1


def test_one_mapping_heals_the_leads_it_concerns(
    shop: RunningSandbox, at: Callable[[User], At], operations: User
):
    for number in range(3):
        cloud_says(f"LEAD-{number}", **{**LEAD, "Country": "Blighty", "TaxNumber": "",
                   "EmailAddress": f"lead{number}@example.com"})  # fmt: skip
    sync()
    cases = ExceptionCase.objects.filter(kind="incompatible_address", open_count__gt=0)
    assert cases.count() == 3

    at(operations).act(cases.order_by("pk")[0], "map_value", target="GB")
    desk.cluster()
    sync()
    until_settled()

    assert not ExceptionCase.objects.filter(open_count__gt=0).exists()
    assert all(with_key(shop, f"LEAD-{number}") for number in range(3))


def _form(**columns: str) -> dict[str, str]:
    """The form of a correction as the page would send it."""
    told = {**LEAD, **columns}
    names = {
        "company_name": "CompanyName", "first_name": "FirstName", "last_name": "LastName",
        "email": "EmailAddress", "tax_number": "TaxNumber", "phone": "Phone",
        "line1": "AddressLine1", "city": "City", "postcode": "Postcode", "country": "Country",
        "currency": "Currency",
    }  # fmt: skip
    return {name: told[column] for name, column in names.items()}
