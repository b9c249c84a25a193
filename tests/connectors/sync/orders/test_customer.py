"""Whose order is it: found by tax number and by mobile; a mailbox alone is no certainty."""

from dataclasses import replace

import pytest

from integration.records.address import Address
from integration.records.customer import CustomerAddress
from tests.connectors.sync.orders.worlds import payload, translated, world

ACME = {"contact_key": "C-9", "email": "jo@acme.example.com", "company_name": "Acme"}


def test_a_valid_tax_number_of_one_account_finds_it():
    there = world()
    told = {**ACME, "tax_number": "980 7806 84", "delivery_country": "GB"}

    one = translated(payload(**told), replace(there, by_number={"GB980780684": ("ACME01",)}))

    assert (one.account_code, one.matched_by) == ("ACME01", "tax_number")


def test_a_mobile_finds_with_name_and_postcode():
    there = world()
    jane = replace(
        there.accounts["JANE01"],
        phone="+447911123456",
        addresses=(CustomerAddress("1", "both", Address(postcode="LS1 4DL", country="GB")),),
    )
    told = {
        "contact_key": "C-9",
        "email": "",
        "phone": "07911 123456",
        "invoice_postcode": "ls14dl",
    }
    known = replace(there, accounts={"JANE01": jane}, by_mobile={"+447911123456": ("JANE01",)})

    one = translated(payload(**told), known)

    assert (one.account_code, one.matched_by) == ("JANE01", "mobile")


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"shared_emails": frozenset({"jane.smith@example.com"})}, "shared_email"),
        ({"apart": frozenset({("C-9", "JANE01")})}, "told_apart"),
    ],
)
def test_a_mailbox_alone_is_no_certainty(known, reason):
    one = translated(payload(contact_key="C-9"), replace(world(), **known))

    (problem,) = one.problems
    assert (problem.code, problem.facts["reason"]) == ("customer_not_found", reason)
    assert problem.facts["candidates"] == "JANE01"
