"""Both systems are compared in the same words."""

from datetime import date

import pytest

from connectors.sync.contacts.views import Ground, of_account, of_contact, token
from integration.mapping.book import Dated, MappingBook
from integration.ownership.fields import FIELDS
from integration.ownership.policy import Policy
from integration.records.address import Address
from integration.records.customer import Customer, CustomerAddress

DAY = date(2026, 11, 25)
BOOK = MappingBook(
    values={
        "terms": {"30 DAYS": (Dated("30D"),), "NET 30": (Dated("30D", None, date(2020, 1, 1)),)},
        "country": {"BLIGHTY": (Dated("GB"),)},
    }
)
GROUND = Ground(BOOK, Policy({slug: field.default for slug, field in FIELDS.items()}), DAY)
CONTACT = {
    "company_name": "Acme  Trading Ltd",
    "email": "Ann@Acme.example",
    "tax_number": "980 7806 84",
    "phone": "0113 496 0123",
    "line1": "1 High Street",
    "city": "Leeds",
    "county": "West Yorkshire",
    "postcode": "ls14dl",
    "country": "Blighty",
    "currency": "gbp",
    "payment_terms": "30 days",
}
ACCOUNT = Customer(
    id="1",
    account_code="ACME",
    name="ACME Trading Ltd",
    email="ann@acme.example",
    vat_number="GB980780684",
    phone="+441134960123",
    currency="GBP",
    payment_terms="30D",
    addresses=(
        CustomerAddress("1", "delivery", Address(lines=("Dock 4",), city="Hull", country="GB")),
        CustomerAddress(
            "2",
            "both",
            Address(lines=("1 High Street",), city="Leeds", postcode="LS1 4DL", country="GB"),
        ),
    ),
)


def test_the_same_customer_says_the_same_in_every_field():
    contact, account = of_contact(CONTACT, GROUND), of_account(ACCOUNT)

    assert {field: token(value) for field, value in contact.items()} == {
        field: token(value) for field, value in account.items()
    }


def test_a_person_is_named_by_both_names():
    told = {**CONTACT, "company_name": "", "first_name": "Ann", "last_name": "Archer"}
    assert of_contact(told, GROUND)["name"] == "Ann Archer"


def test_a_country_alone_is_no_address():
    assert of_contact({"country": "GB"}, GROUND)["address"] == ""


@pytest.mark.parametrize(
    ("word", "said"), [("30D", "30 days"), ("60D", "60D"), ("", "")], ids=["mapped", "not", "none"]
)
def test_primas_word_becomes_the_word_of_the_campaigns(word: str, said: str):
    assert GROUND.unmapped("payment_terms", word) == said


def test_nothing_has_no_token_and_case_and_space_do_not_matter():
    assert token("") == token("  ") == ""
    assert token("A  b ") == token("a B")
    assert token("a") != token("b")
