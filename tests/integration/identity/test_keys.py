"""Keys: one customer for each, aliases that resolve for ever, and one writer at a time."""

import pytest
from django.db import IntegrityError, transaction

from integration.identity import keys
from integration.identity.durable import new_uid
from integration.identity.models import Customer, CustomerLink

pytestmark = pytest.mark.django_db


def test_durable_keys_are_of_version_7_and_sort_by_time():
    first, second = new_uid(), new_uid()

    assert (first.version, first.variant) == (7, "specified in RFC 4122")
    assert first.int >> 80 <= second.int >> 80
    assert first != second


def test_a_linked_contact_finds_its_account_whatever_the_case():
    keys.link("CK-1", "ACME01", method="by hand", actor=None)

    assert keys.accounts_by_contact(["ck-1", "CK-2", ""]) == {"ck-1": "ACME01"}
    assert keys.resolve("sfmc", "Ck-1") == keys.resolve("prima", "acme01")


def test_linking_again_changes_nothing():
    first = keys.link("CK-1", "ACME01", method="by hand", actor=None)
    again = keys.link("CK-1", "ACME01", method="e-mail", actor=None)

    assert first == again
    assert CustomerLink.objects.count() == 2


def test_a_second_contact_of_an_account_is_an_alias_of_the_same_customer():
    customer = keys.link("CK-1", "ACME01", method="by hand", actor=None)
    keys.link("CK-2", "ACME01", method="by hand", actor=None)

    assert keys.resolve("sfmc", "CK-2") == customer
    assert customer.links.get(key="CK-2").state == "alias"
    assert sorted(keys.contacts_by_account(["ACME01"])) == [("CK-1", "ACME01"), ("CK-2", "ACME01")]


def test_a_contact_moved_to_another_account_leaves_its_old_link_for_the_record():
    keys.link("CK-1", "ACME01", method="by hand", actor=None)
    keys.link("CK-1", "OTHER1", method="by hand", actor=None)

    assert keys.accounts_by_contact(["CK-1"]) == {"CK-1": "OTHER1"}
    assert sorted(CustomerLink.objects.filter(key="CK-1").values_list("state", flat=True)) == [
        "active",
        "retired",
    ]


def test_the_database_refuses_a_key_of_two_customers():
    keys.link("CK-1", "ACME01", method="by hand", actor=None)
    other = Customer.objects.create()

    with pytest.raises(IntegrityError), transaction.atomic():
        CustomerLink.objects.create(
            customer=other, system="sfmc", key="ck-1", method="x", linked_by="x"
        )


def test_the_database_refuses_two_active_accounts_of_one_customer():
    customer = keys.link("CK-1", "ACME01", method="by hand", actor=None)

    with pytest.raises(IntegrityError), transaction.atomic():
        CustomerLink.objects.create(
            customer=customer, system="prima", key="ACME02", method="x", linked_by="x"
        )
