"""Contacts and accounts are kept in step, field by field, and echoes never loop."""

import pytest

from connectors.sandbox.running import RunningSandbox
from connectors.sync.models import Connection, SyncItem
from integration.identity import keys
from integration.ownership.models import FieldPolicy, Proposal, Standing
from tests.connectors.sync.contacts.both import (
    LEAD,
    cloud_says,
    in_cloud,
    in_prima,
    opt_out,
    pair,
    state_of,
    sync,
    until_settled,
    with_key,
)
from tests.connectors.sync.desk import at_prima


def test_everybody_with_an_account_gets_an_audience_row(settled: RunningSandbox):
    contact, account = pair()

    row = in_cloud(contact.key, "PRIMA_Contact")

    assert row["accountcode"] == account.account_code
    assert row["companyname"] == account.name
    assert row["emailaddress"] == contact.email


def test_two_systems_that_agree_are_left_alone(settled: RunningSandbox):
    settled.reset_calls()

    sync()

    writes = [path for path in settled.calls() if path.split()[0] in ("PUT", "PATCH")]
    assert writes == []
    assert not Proposal.objects.exists()


def test_a_change_in_prima_reaches_the_contact_and_its_echo_stops(settled: RunningSandbox):
    # given
    contact, account = pair()

    # when
    at_prima(settled, "PATCH", f"customers/{account.account_code}", name="Brand New Name Ltd")
    sync()

    # then
    assert in_cloud(contact.key)["companyname"] == "Brand New Name Ltd"
    assert in_cloud(contact.key, "PRIMA_Contact")["name"] == "Brand New Name Ltd"

    # and what comes back changes nothing
    settled.reset_calls()
    sync()
    sync()
    assert not [path for path in settled.calls() if path.split()[0] in ("PUT", "PATCH")]
    assert not Proposal.objects.exists()
    assert in_prima(settled, account_code=account.account_code)[0]["name"] == "Brand New Name Ltd"


def test_an_address_changed_by_its_owner_goes_to_prima(settled: RunningSandbox):
    # given
    contact, account = pair()

    # when
    cloud_says(contact.key, EmailAddress="other@example.com")
    until_settled()

    # then
    [there] = in_prima(settled, account_code=account.account_code)
    assert there["email"] == "other@example.com"
    assert not Proposal.objects.exists()


def test_a_change_by_a_system_that_does_not_keep_the_field_is_proposed(settled: RunningSandbox):
    # given
    contact, account = pair()

    # when
    cloud_says(contact.key, AddressLine1="9 Other Road", Postcode="LS1 4DL", City="Leeds")
    sync()
    sync()

    # then
    proposal = Proposal.objects.get()
    assert (proposal.field, proposal.source, proposal.owner) == ("address", "sfmc", "prima")
    assert "9 Other Road" in proposal.proposed
    assert account.data["addresses"][0]["address"]["lines"][0] in proposal.current
    [there] = in_prima(settled, account_code=account.account_code)
    assert there["version"] == account.version


def test_a_newer_change_replaces_the_proposal_that_waits(settled: RunningSandbox):
    contact, _ = pair()
    cloud_says(contact.key, CompanyName="First Idea Ltd")
    sync()
    cloud_says(contact.key, CompanyName="Second Idea Ltd")
    sync()

    proposal = Proposal.objects.get()
    assert (proposal.proposed, proposal.version) == ("Second Idea Ltd", 2)


def test_a_change_taken_back_overtakes_its_proposal(settled: RunningSandbox):
    contact, account = pair()
    cloud_says(contact.key, CompanyName="First Idea Ltd")
    sync()
    cloud_says(contact.key, CompanyName=account.name)
    sync()

    assert Proposal.objects.get().state == Proposal.State.OVERTAKEN


def test_what_the_policy_puts_back_is_put_back(settled: RunningSandbox):
    contact, account = pair()

    cloud_says(contact.key, Currency="USD")
    sync()

    assert in_cloud(contact.key)["currency"] == account.data["currency"]
    sync()
    assert state_of(contact.key) == "sent"


def test_the_policy_of_admin_is_obeyed(settled: RunningSandbox):
    FieldPolicy.objects.filter(field="name").delete()
    FieldPolicy.objects.create(field="name", owner="sfmc", on_other="put_back")
    contact, account = pair()

    cloud_says(contact.key, CompanyName="Ours By Policy Ltd")
    until_settled()

    [there] = in_prima(settled, account_code=account.account_code)
    assert there["name"] == "Ours By Policy Ltd"


def test_somebody_who_opted_out_is_not_written_to(settled: RunningSandbox):
    # given
    contact, account = pair()
    opt_out(contact.email)
    before = in_cloud(contact.key, "PRIMA_Contact")

    # when
    at_prima(settled, "PATCH", f"customers/{account.account_code}", name="Brand New Name Ltd")
    sync()

    # then
    assert in_cloud(contact.key, "PRIMA_Contact") == before
    assert in_cloud(contact.key)["companyname"] == account.name


def test_a_wrong_field_waits_for_a_person_and_the_others_go_their_way(settled: RunningSandbox):
    from exceptions.models import ExceptionCase  # noqa: PLC0415

    # given
    contact, account = pair()

    # when
    cloud_says(contact.key, EmailAddress="nobody(at)example")
    at_prima(settled, "PATCH", f"customers/{account.account_code}", name="On Its Way Ltd")
    sync()

    # then
    assert state_of(contact.key) == "held"
    case = ExceptionCase.objects.get()
    assert case.kind == "invalid_email"
    [there] = in_prima(settled, account_code=account.account_code)
    assert there["email"] == account.email

    # and once the address is right, both sides have everything
    cloud_says(contact.key, EmailAddress="somebody@example.com")
    until_settled()
    sync()
    case.refresh_from_db()
    assert case.status == "resolved"
    [there] = in_prima(settled, account_code=account.account_code)
    assert there["email"] == "somebody@example.com"
    assert in_cloud(contact.key)["companyname"] == "On Its Way Ltd"


# --- Leads ----------------------------------------------------------------------------------------


def test_a_lead_becomes_an_account_once(settled: RunningSandbox):
    # when
    cloud_says("LEAD-1", **LEAD)
    until_settled()
    sync()

    # then
    [there] = with_key(settled, "LEAD-1")
    assert there["name"] == "Newby Lamps Ltd"
    assert there["vat_number"] == "GB980780684"
    assert there["phone"] == "+441134960123"
    assert there["addresses"][0]["postcode"] == "LS1 4DL"
    assert there["addresses"][0]["country"] == "GB"
    assert keys.accounts_by_contact(["LEAD-1"]) == {"LEAD-1": there["account_code"]}
    assert in_cloud("LEAD-1", "PRIMA_Contact")["accountcode"] == there["account_code"]
    assert Standing.objects.get(contact_key="LEAD-1").account_code == there["account_code"]


def test_a_contact_that_is_no_lead_gets_no_account(settled: RunningSandbox):
    cloud_says("NOLEAD", **{**LEAD, "IsLead": "False"})
    until_settled()
    assert with_key(settled, "NOLEAD") == []


def test_accounts_are_opened_for_whom_the_policy_says(settled: RunningSandbox):
    from integration.ownership.models import ContactPolicy  # noqa: PLC0415

    ContactPolicy.objects.update_or_create(pk=1, defaults={"opens_accounts": "companies"})
    cloud_says("PERSON", **{**LEAD, "CompanyName": "", "TaxNumber": ""})
    until_settled()
    assert with_key(settled, "PERSON") == []


def test_a_lead_that_has_an_account_is_linked_to_it(settled: RunningSandbox):
    from integration.mirror.models import PrimaCustomer  # noqa: PLC0415

    account = PrimaCustomer.objects.filter(contact_key="", data__type="person", is_pool=False)[0]
    count = len(in_prima(settled))
    first, _, last = account.name.rpartition(" ")
    from integration.mirror.models import Contact  # noqa: PLC0415

    Contact.objects.filter(email__iexact=account.email).update(email="")
    cloud_says("LEAD-2", EmailAddress=account.email, FirstName=first, LastName=last, IsLead="True")
    alike = PrimaCustomer.objects.filter(email=account.email).count()
    until_settled()
    if alike == 1:
        assert keys.accounts_by_contact(["LEAD-2"]) == {"LEAD-2": account.account_code}
    assert len(in_prima(settled)) == count


def test_a_lead_whose_mailbox_another_contact_has_too_is_a_case(settled: RunningSandbox):
    from exceptions.models import ExceptionCase  # noqa: PLC0415
    from integration.mirror.models import PrimaCustomer  # noqa: PLC0415

    account = PrimaCustomer.objects.filter(contact_key="", data__type="person", is_pool=False)[0]
    first, _, last = account.name.rpartition(" ")
    cloud_says("LEAD-2", EmailAddress=account.email, FirstName=first, LastName=last, IsLead="True")
    until_settled()

    assert keys.accounts_by_contact(["LEAD-2"]) == {}
    assert ExceptionCase.objects.filter(facts__contact_key="LEAD-2").exists()


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        ({"Country": "DE", "Postcode": "10115", "TaxNumber": ""}, "missing_tax_number"),
        ({"TaxNumber": "GB123"}, "invalid_tax_number"),
        ({"Country": "Narnia"}, "incompatible_address"),
        ({"AddressLine1": "x" * 90}, "incompatible_address"),
        ({"EmailAddress": "nora(at)example"}, "invalid_email"),
        ({"Currency": "CHF"}, "currency_not_allowed"),
        ({"CompanyName": "", "FirstName": "", "LastName": ""}, "unfit_lead"),
        ({"CompanyName": "N" * 80}, "unfit_lead"),
    ],
)
def test_a_lead_prima_could_not_take_is_a_case_before_it_orders(
    settled: RunningSandbox, columns: dict[str, str], kind: str
):
    from exceptions.models import ExceptionCase, Occurrence  # noqa: PLC0415

    # when
    cloud_says("LEAD-3", **{**LEAD, **columns})
    sync()

    # then
    seen = Occurrence.objects.get(external_id="LEAD-3")
    assert (seen.case.kind, seen.object) == (kind, "contact")
    assert "Order" not in seen.message
    assert with_key(settled, "LEAD-3") == []
    assert state_of("LEAD-3") == "held"

    # and once it is put right at the source it heals by itself
    cloud_says("LEAD-3", **LEAD)
    until_settled()
    assert ExceptionCase.objects.get().status == "resolved"
    assert len(with_key(settled, "LEAD-3")) == 1


def test_a_lead_with_the_tax_number_of_an_account_is_that_customer(settled: RunningSandbox):
    _, account = pair()
    country = {"Country": account.data["addresses"][0]["address"]["country"]}
    cloud_says("LEAD-4", **{**LEAD, **country, "Postcode": "", "AddressLine1": "", "City": "", "Currency": "",
                            "TaxNumber": account.vat_number})  # fmt: skip
    sync()

    assert keys.accounts_by_contact(["LEAD-4"]) == {"LEAD-4": account.account_code}
    assert with_key(settled, "LEAD-4") == []


# --- When the systems fail --------------------------------------------------------------------------


def test_an_account_that_may_have_been_opened_is_asked_for_before_it_is_sent_again(
    settled: RunningSandbox,
):
    # given
    cloud_says("LEAD-5", **LEAD)
    Connection.objects.filter(system="prima").update(timeout_seconds=1)
    settled.fault("timeout_after", method="POST", path="/main/customers$", times=1, seconds=3)

    # when
    sync()
    item = SyncItem.objects.get(flow="customers", external_id="LEAD-5")
    assert (item.state, item.in_doubt) == ("waiting", True)
    until_settled()

    # then
    assert len(with_key(settled, "LEAD-5")) == 1
    assert state_of("LEAD-5") == "sent"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["reset", "timeout_before", "server_error", "throttle"])
def test_whatever_prima_does_the_lead_has_one_account(settled: RunningSandbox, kind: str):
    cloud_says("LEAD-6", **LEAD)
    Connection.objects.filter(system="prima").update(timeout_seconds=1)
    settled.fault(kind, method="POST", path="/main/customers$", times=1, seconds=2)

    until_settled(8)

    assert len(with_key(settled, "LEAD-6")) == 1
    assert state_of("LEAD-6") == "sent"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["deadlock_row", "expired_token", "throttle"])
def test_whatever_marketing_cloud_does_the_change_arrives(settled: RunningSandbox, kind: str):
    contact, account = pair()
    at_prima(settled, "PATCH", f"customers/{account.account_code}", name="Brand New Name Ltd")
    settled.fault(kind, path="/async/|/rows", times=1, seconds=0)

    for _ in range(3):
        sync()

    assert in_cloud(contact.key)["companyname"] == "Brand New Name Ltd"
    assert in_cloud(contact.key, "PRIMA_Contact")["name"] == "Brand New Name Ltd"


def test_a_batch_costs_few_statements_however_many_contacts(
    shop: RunningSandbox, django_assert_max_num_queries
):
    with django_assert_max_num_queries(200):
        sync()
    with django_assert_max_num_queries(141):
        sync()
