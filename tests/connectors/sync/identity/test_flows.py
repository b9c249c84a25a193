"""Contacts are linked as they change, and each key goes to its account in Prima."""

from collections.abc import Iterator

import pytest
from django.utils import timezone

from connectors.sandbox.running import RunningSandbox, running
from connectors.sync import connections, runner
from connectors.sync.models import SyncItem
from exceptions.models import ExceptionCase
from integration.identity import keys
from integration.identity.models import Candidate, CustomerLink
from integration.mirror.models import Contact, PrimaCustomer
from tests.connectors.sync.desk import connect
from tests.factories.estates import account, contact

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def served() -> Iterator[RunningSandbox]:
    with running("happy_day") as sandbox:
        yield sandbox


@pytest.fixture
def prima(served: RunningSandbox, transactional_db: None) -> RunningSandbox:
    """Prima's accounts in the mirror."""
    served.reload()
    connect(served)
    assert runner.run("prima_reference") is not None
    return served


def keyless() -> PrimaCustomer:
    row = (
        PrimaCustomer.objects.filter(contact_key="", is_pool=False, status="active")
        .order_by("account_code")
        .first()
    )
    assert row is not None
    return row


def in_prima(code: str) -> str:
    return connections.prima().customer_by_account(code).external_keys.get("sfmc", "")


def run(flow: str):
    row = runner.run(flow)
    assert row is not None
    row.refresh_from_db()
    return row


def test_a_key_is_stored_at_the_account_once(prima):
    row = keyless()
    keys.link("CK-NEW", row.account_code, method="by hand", actor=None)

    first, again = run("customer_keys"), run("customer_keys")

    assert in_prima(row.account_code) == "CK-NEW"
    row.refresh_from_db()
    assert row.contact_key == "CK-NEW"
    assert (first.sent, again.seen) == (1, 0)


def test_the_key_of_a_new_contact_is_the_durable_key(prima):
    row = keyless()

    key = keys.contact_key_of(row.account_code)
    run("customer_keys")

    customer = keys.resolve("prima", row.account_code)
    assert customer is not None
    assert key == str(customer.uid) == in_prima(row.account_code)
    assert keys.contact_key_of(row.account_code) == key


def test_a_stale_version_is_read_again(prima):
    row = keyless()
    PrimaCustomer.objects.filter(pk=row.pk).update(data={**row.data, "version": "older"})
    keys.link("CK-NEW", row.account_code, method="by hand", actor=None)

    run("customer_keys")

    assert in_prima(row.account_code) == "CK-NEW"


def test_a_key_that_another_account_holds_is_a_case_and_heals(prima):
    row = keyless()
    taken = PrimaCustomer.objects.exclude(contact_key="").order_by("account_code")[0]
    keys.link(taken.contact_key, row.account_code, method="by hand", actor=None)

    held = run("customer_keys")

    case = ExceptionCase.objects.get(kind="customer_key_refused")
    assert (held.held, case.facts["account"]) == (1, row.account_code)
    assert SyncItem.objects.get(flow="customer_keys").state == "held"
    assert in_prima(row.account_code) == ""

    keys.link("CK-OWN", row.account_code, method="by hand", actor=None)
    keys.retire("sfmc", taken.contact_key, actor=None)
    link = CustomerLink.objects.get(key="CK-OWN")
    link.state = "active"
    link.save()
    run("customer_keys")
    case.refresh_from_db()
    assert case.status == "resolved"
    assert in_prima(row.account_code) == "CK-OWN"


def test_a_key_waits_while_prima_is_down_and_goes_later(prima):
    row = keyless()
    keys.link("CK-NEW", row.account_code, method="by hand", actor=None)
    prima.fault("server_error", method="PATCH", path="/customers/", times=1)

    failed = run("customer_keys")
    SyncItem.objects.filter(flow="customer_keys").update(not_before=timezone.now())
    run("customer_keys")

    assert failed.failed == 1
    assert in_prima(row.account_code) == "CK-NEW"


def test_changed_contacts_are_linked_as_they_come(db):
    contact("CK-1", email="jane@x.example")
    account("A1", email="jane@x.example")
    run("customer_links")
    contact("CK-2", last_name="Jones", first_name="Mary", email="mary@x.example")
    account("A2", "Mary Jones", email="mary@x.example")

    row = run("customer_links")

    assert keys.accounts_by_contact(["CK-1", "CK-2"]) == {"CK-1": "A1", "CK-2": "A2"}
    assert row.sent == 1


def test_a_changed_account_lets_its_contact_be_linked(db):
    contact("CK-1", email="jane@x.example")
    run("customer_links")
    Contact.objects.update(read_at="2026-01-01T00:00Z")
    account("A1", email="jane@x.example")

    run("customer_links")

    assert keys.accounts_by_contact(["CK-1"]) == {"CK-1": "A1"}


def test_an_ambiguous_contact_is_a_case_until_it_is_clear(db):
    run("customer_links")
    contact("CK-1", email="jane@x.example")
    for code in ("A1", "A2"):
        account(code, email="jane@x.example")
    run("customer_links")
    case = ExceptionCase.objects.get(kind="ambiguous_identity")
    assert Candidate.objects.filter(several=True).count() == 2

    PrimaCustomer.objects.filter(account_code="A2").update(email="", data={"id": "id-A2",
        "account_code": "A2", "name": "Jane Smith", "type": "person"})  # fmt: skip
    Contact.objects.update(read_at=timezone.now())
    run("customer_links")

    case.refresh_from_db()
    assert case.status == "resolved"
    assert keys.accounts_by_contact(["CK-1"]) == {"CK-1": "A1"}
