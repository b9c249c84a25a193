"""Linking a whole estate: the same verdicts as the ladder, written once, and never twice."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.sync.identity import lookup
from connectors.sync.identity.estate import running
from exceptions.models import ExceptionCase
from integration.audit.models import AuditEntry
from integration.identity import distinctions, keys
from integration.identity.models import Candidate, Customer, CustomerLink, LinkOutcome, LinkRun
from integration.mirror.models import Contact, PrimaCustomer
from tests.factories.estates import OTHER_VAT, VAT, account, contact

pytestmark = pytest.mark.django_db
TEXT = st.sampled_from


def linked(**options):
    return running.run(running.ask(is_dry=False, name="test", **options))


def links():
    rows = CustomerLink.objects.exclude(state="retired").select_related("customer")
    return {(row.system, row.key): (str(row.customer.uid), row.state, row.method) for row in rows}


def estate():
    """One of each: by key, number, mailbox and mobile; a maybe, twins, and two alone."""
    contact("CK-KEY")
    account("KEY", "Anybody", held_key="ck-key", postcode="")
    contact("CK-VAT", company_name="Acme Limited", tax_number=VAT, email="jo@acme.example")
    account("VAT", "Acme Ltd", type="company", vat_number=VAT, postcode="")
    contact("CK-MAIL", first_name="Mary", last_name="Jones", email="mary@x.example", postcode="")
    account("MAIL", "Mary Jones", email="MARY@x.example", postcode="")
    contact("CK-CALL", first_name="Ann", last_name="Brown", mobile="07911 123456")
    account("CALL", "Ann Brown", phone="+447911123456")
    contact("CK-LIKE", first_name="Katherine", last_name="Whitworth", postcode="M1 1AA")
    account("LIKE", "Catherine Whitworth", postcode="M1 1AA")
    contact("CK-TWIN", last_name="Twin", email="twin@x.example", postcode="")
    account("TWIN1", "Jane Twin", email="twin@x.example", postcode="")
    account("TWIN2", "Jane Twin", email="twin@x.example", postcode="")
    contact("CK-ALONE", first_name="Zoe", last_name="Nobody", postcode="ZZ1 1ZZ")
    account("ALONE", "Quentin Else", postcode="YY1 1YY")
    account("CASH", "Cash sales", is_pool=True, email="mary@x.example")


def test_each_step_links_and_the_rest_is_told():
    estate()

    row = linked()

    found = {key: method for (system, key), (_, _, method) in links().items() if system == "sfmc"}
    assert found == {
        "CK-KEY": "external_key",
        "CK-VAT": "tax_number",
        "CK-MAIL": "email",
        "CK-CALL": "mobile",
    }
    assert keys.accounts_by_contact(found) == {
        "CK-KEY": "KEY",
        "CK-VAT": "VAT",
        "CK-MAIL": "MAIL",
        "CK-CALL": "CALL",
    }
    told = {name: row.figures[name] for name in row.figures if name != "milliseconds"}
    assert told == {
        "contacts": 7,
        "accounts": 8,
        "linked_before": 0,
        "linked": {"external_key": 1, "tax_number": 1, "email": 1, "mobile": 1},
        "suggested": 1,
        "ambiguous": 1,
        "contacts_alone": 1,
        "accounts_alone": 4,
    }
    queue = Candidate.objects.values_list("contact_key", "account_code", "several")
    assert sorted(queue) == [
        ("CK-LIKE", "LIKE", False),
        ("CK-TWIN", "TWIN1", True),
        ("CK-TWIN", "TWIN2", True),
    ]
    (case,) = ExceptionCase.objects.filter(kind="ambiguous_identity")
    assert case.facts["candidates"] == "TWIN1, TWIN2"
    evidence = CustomerLink.objects.get(key="CK-MAIL").evidence
    assert evidence == {"agrees": ["e-mail", "name"], "run": row.pk}
    assert AuditEntry.objects.filter(action="customers linked in bulk").count() == 1


def test_the_queue_says_in_words_what_speaks_for_a_pair():
    estate()

    linked()

    assert dict(Candidate.objects.values_list("account_code", "reasons")) == {
        "LIKE": ["similar name (94 %)", "same address"],
        "TWIN1": ["same name", "same e-mail address"],
        "TWIN2": ["same name", "same e-mail address"],
    }


def test_a_lead_with_the_number_of_an_account_on_hold_is_a_persons_to_decide():
    contact("CK-LEAD", company_name="Other Ltd", tax_number=VAT, is_lead=True)
    account("HELD", "Acme Ltd", type="company", vat_number=VAT, hold="all")

    linked()

    assert links() == {}
    assert list(Candidate.objects.values_list("contact_key", "account_code")) == [
        ("CK-LEAD", "HELD")
    ]


def test_durable_keys_made_in_bulk_are_of_version_7():
    estate()

    linked()

    assert {row.uid.version for row in Customer.objects.all()} == {7}


def test_running_again_changes_nothing():
    estate()
    linked()
    before = (links(), list(Candidate.objects.values()), Customer.objects.count())

    row = linked()

    assert (links(), list(Candidate.objects.values()), Customer.objects.count()) == before
    assert (row.figures["linked_before"], row.figures["linked"]) == (4, {})
    assert ExceptionCase.objects.get(kind="ambiguous_identity").open_count == 1


def test_a_dry_run_reports_the_same_and_links_nobody():
    estate()

    dry = running.run(running.ask(is_dry=True, name="test"))

    assert not CustomerLink.objects.exists()
    assert not Candidate.objects.exists()
    assert not ExceptionCase.objects.exists()
    told = {name: number for name, number in dry.figures.items() if name != "milliseconds"}
    wet = linked()
    assert told == {name: wet.figures[name] for name in told}
    lists = LinkOutcome.objects.values_list("outcome", "contact_key", "account_code", "step")
    assert set(lists.filter(run=dry)) == set(lists.filter(run=wet))


def test_two_contacts_of_one_account_are_one_customer_and_one_key_is_written_to():
    contact("CK-1", company_name="Acme Ltd", tax_number=VAT)
    contact("CK-2", company_name="Acme Ltd", tax_number=VAT)
    account("VAT", "Acme Ltd", type="company", vat_number=VAT)

    linked()

    states = dict(CustomerLink.objects.filter(system="sfmc").values_list("key", "state"))
    assert states == {"CK-1": "active", "CK-2": "alias"}
    assert Customer.objects.count() == 1


def test_a_contact_joins_the_customer_an_account_has_already():
    owner = keys.link("CK-OLD", "VAT", method="by hand", actor=None)
    contact("CK-1", company_name="Acme Ltd", tax_number=VAT)
    account("VAT", "Acme Ltd", type="company", vat_number=VAT)

    linked()

    assert keys.resolve("sfmc", "CK-1") == owner
    assert Customer.objects.count() == 1


def test_a_contact_with_a_durable_key_of_its_own_keeps_leading_to_the_customer():
    mine = Customer.objects.create()
    CustomerLink.objects.create(
        customer=mine, system="sfmc", key="CK-1", method="new contact", linked_by="x"
    )
    contact("CK-1", company_name="Acme Ltd", tax_number=VAT)
    account("VAT", "Acme Ltd", type="company", vat_number=VAT)

    linked()

    assert keys.accounts_by_contact(["CK-1"]) == {"CK-1": "VAT"}
    assert keys.resolve("sfmc", "CK-1") == mine
    evidence = CustomerLink.objects.get(system="prima", key="VAT").evidence
    assert evidence["agrees"] == ["number"]


def test_what_was_told_apart_stays_apart(operations):
    contact("CK-1", email="j@x.example")
    account("A1", email="j@x.example")
    distinctions.tell_apart(("prima", "a1"), ("sfmc", "ck-1"), actor=operations, reason="Not her")

    linked()

    assert not CustomerLink.objects.exists()
    assert not Candidate.objects.exists()


def test_a_case_closes_when_the_estate_tells_them_apart():
    estate()
    linked()
    PrimaCustomer.objects.filter(account_code="TWIN2").update(deleted_at="2026-11-01T00:00Z")

    linked()

    assert keys.accounts_by_contact(["CK-TWIN"]) == {"CK-TWIN": "TWIN1"}
    case = ExceptionCase.objects.get(kind="ambiguous_identity")
    assert (case.status, case.resolution) == ("resolved", "Healed: Linked")
    states = Candidate.objects.filter(contact_key="CK-TWIN").values_list("account_code", "state")
    assert dict(states) == {"TWIN1": "approved", "TWIN2": "dismissed"}


def test_the_command_says_who_was_linked_how():
    estate()
    said = StringIO()

    call_command("link_customers", "--dry-run", stdout=said)

    assert "Would be linked: 4" in said.getvalue()
    assert "  same tax number: 1" in said.getvalue()
    assert "Accounts without a contact: 4" in said.getvalue()


def test_one_linking_at_a_time():
    running.ask(is_dry=False, name="somebody")

    with pytest.raises(CommandError, match="already"):
        call_command("link_customers")


def test_a_linking_whose_worker_was_lost_makes_room():
    LinkRun.objects.create(state="running", started_by="x", started_at="2026-11-01T00:00Z")

    row = linked()

    assert row.state == "done"
    assert LinkRun.objects.filter(state="failed").count() == 1


def test_the_number_of_statements_does_not_grow_with_the_estate(django_assert_max_num_queries):
    for number in range(120):
        contact(f"CK-{number}", email=f"j{number}@x.example")
        account(f"A{number}", email=f"j{number}@x.example")

    with django_assert_max_num_queries(60):
        row = linked()

    assert row.figures["linked"] == {"email": 120}


# --- the SQL and the ladder are one ---------------------------------------------------------------

MAILS = TEXT(["", "a@x.example", "b@x.example", "info@x.example"])
NAMES = TEXT(["Jane Smith", "John Smith", "Jane Jones", "J Smith"])
NUMBERS = TEXT(["", "", VAT, OTHER_VAT])
MOBILES = TEXT(["", "+447911123456", "+447911123457"])
HOMES = TEXT(["LS1 4AP", "M1 1AA"])
PEOPLE = st.tuples(NAMES, MAILS, NUMBERS, MOBILES, HOMES)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(PEOPLE, max_size=3), st.lists(PEOPLE, max_size=4))
def test_an_estate_is_linked_as_the_ladder_links_each(ours, theirs):
    for model in (LinkOutcome, LinkRun, Candidate, CustomerLink, Customer, Contact, PrimaCustomer):
        model.objects.all().delete()
    for place, (name, email, number, mobile, home) in enumerate(ours):
        first, last = name.split()
        contact(
            f"C{place}", first_name=first, last_name=last, email=email, tax_number=number,
            mobile=mobile, postcode=home,
        )  # fmt: skip
    for place, (name, email, number, mobile, home) in enumerate(theirs):
        account(f"A{place}", name, email=email, vat_number=number, phone=mobile, postcode=home)

    row = running.run(running.ask(is_dry=True, name="test"))

    found = dict(row.outcomes.filter(outcome="linked").values_list("contact_key", "account_code"))
    assert found == _one_by_one()


def _one_by_one():
    from dataclasses import replace  # noqa: PLC0415

    from connectors.sync.identity import linking, traits  # noqa: PLC0415
    from connectors.sync.identity.ladder import decide  # noqa: PLC0415
    from connectors.sync.mirrored import customer_from  # noqa: PLC0415

    accounts = [traits.of_account(customer_from(row.data)) for row in lookup.accounts()]
    whos = [linking.contact_traits(row) for row in Contact.objects.all()]
    emails, mobiles = [who.email for who in whos], [who.mobile for who in whos]
    found = {}
    for who in whos:
        told = replace(
            who,
            shares_email=emails.count(who.email) > 1,
            shares_mobile=mobiles.count(who.mobile) > 1,
        )
        verdict = decide(told, accounts)
        if verdict.outcome == "same":
            found[who.key] = verdict.account
    return found


def test_nothing_of_the_estate_stays_behind():
    estate()
    linked()

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'estate_%'")
        assert cursor.fetchone()[0] == 0
