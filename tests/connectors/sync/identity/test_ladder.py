"""The ladder: equal identifiers link, likeness only suggests, and nothing depends on order."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sync.identity import ladder, likeness
from connectors.sync.identity.traits import of_account, of_contact
from integration.records.address import Address
from integration.records.customer import Customer, CustomerAddress

VAT, OTHER_VAT = "GB980780684", "GB220430231"
JANE = {
    "first_name": "Jane",
    "last_name": "Smith",
    "email": "jane.smith@example.com",
    "mobile": "07911 123456",
    "postcode": "LS1 4AP",
    "country": "GB",
    "line1": "1 High Street",
}
ACME = {"company_name": "Acme Limited", "tax_number": "980 7806 84", "email": "jo@acme.example"}


def contact(told=None, key="CK-1", **changes):
    return of_contact(key, {**(JANE if told is None else told), **changes})


def account(code="A1", name="Jane Smith", *, postcode="", line="1 High St", **told):
    home = CustomerAddress("1", "both", Address(lines=(line,), postcode=postcode, country="GB"))
    told = {"type": "person", **told}
    return of_account(Customer(id=code, account_code=code, name=name, addresses=(home,), **told))


def decide(who, *accounts, apart=frozenset()):
    verdict = ladder.decide(who, accounts, apart)
    return verdict.outcome, verdict.account or [one.account for one in verdict.near], verdict.step


def test_the_key_stored_at_an_account_links():
    assert decide(contact({}), account(external_keys={"sfmc": "ck-1"})) == (
        "same",
        "A1",
        "external_key",
    )


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ({"postcode": "ls14ap"}, "same"),
        ({"email": "jo@acme.example"}, "same"),
        ({"tax_number": "GB 980 7806 84"}, "same"),
        ({"email": "jo@gmail.com"}, "nobody"),
        ({"first_name": "Jane"}, "nobody"),
    ],
)
def test_an_account_code_links_when_another_detail_agrees(told, outcome):
    who = of_contact("CK-1", {"account_code": "a1", **told})
    one = account(
        name="Acme Ltd",
        type="company",
        postcode="LS1 4AP",
        email="info@gmail.com" if "gmail" in told.get("email", "") else "info@acme.example",
        vat_number=VAT,
    )

    assert ladder.decide(who, [one]).outcome == outcome


def test_a_tax_number_of_one_account_links_and_of_two_does_not():
    one, two = (account(code, "Acme Ltd", type="company", vat_number=VAT) for code in ("A1", "A2"))

    assert decide(contact(ACME), one) == ("same", "A1", "tax_number")
    assert decide(contact(ACME), one, two) == ("several", ["A1", "A2"], "")


def test_a_shared_tax_number_is_told_apart_by_the_mailbox():
    one = account("A1", "Acme Ltd", type="company", vat_number=VAT)
    two = account("A2", "Acme Ltd", type="company", vat_number=VAT, email="jo@acme.example")

    assert decide(contact(ACME), one, two) == ("same", "A2", "email")


@pytest.mark.parametrize("number", ["980780685", "000000000", "12", "none"])
def test_an_invalid_tax_number_links_nobody(number):
    one = account("A1", "Acme Ltd", type="company", vat_number=number)

    verdict = ladder.decide(contact(ACME, tax_number=number, email=""), [one])

    assert verdict.outcome in ("maybe", "nobody")


def test_northern_irish_and_british_numbers_are_of_one_register():
    one = account("A1", "Acme Ltd", type="company", vat_number=f"XI{VAT[2:]}")

    assert decide(contact(ACME), one) == ("same", "A1", "tax_number")


def test_company_numbers_are_filled_with_zeros():
    one = account("A1", "Other Name Ltd", type="company", company_number="00123456")

    assert decide(contact({"company_number": "123456"}), one) == ("same", "A1", "company_number")


def test_an_address_and_surname_link_a_person():
    assert decide(contact(), account(email="Jane.Smith@EXAMPLE.com")) == ("same", "A1", "email")


@pytest.mark.parametrize(
    "change",
    [
        {"email": "info@example.com"},
        {"last_name": "Smythe"},
        {"first_name": "John"},
        {"last_name": ""},
    ],
)
def test_a_role_mailbox_or_another_name_links_nobody(change):
    who = contact(mobile="", **change)

    verdict = ladder.decide(who, [account(email=who.email)])

    assert verdict.outcome in ("maybe", "nobody")


def test_a_mailbox_that_two_contacts_share_links_nobody():
    who = replace(contact(), shares_email=True)

    assert decide(who, account(email=JANE["email"]))[0] == "maybe"


def test_an_initial_does_not_contradict_a_first_name():
    assert decide(contact(), account(name="Mrs J. Smith", email=JANE["email"]))[0] == "same"


def test_a_mobile_needs_name_and_postcode():
    same = account(phone="+447911123456", postcode="LS14AP")
    moved = account(phone="+447911123456", postcode="M1 1AA")
    father = account(name="John Smith", phone="+447911123456", postcode="LS1 4AP")

    assert decide(contact(), same) == ("same", "A1", "mobile")
    assert decide(contact(), moved)[0] == "maybe"
    assert decide(contact(), father)[0] == "maybe"


def test_twins_write_nothing():
    twins = [account(code, email=JANE["email"]) for code in ("A2", "A1")]

    assert decide(contact(), *twins) == ("several", ["A1", "A2"], "")


def test_a_pool_or_merged_account_is_nobody():
    pool = account(email=JANE["email"], is_pool=True, external_keys={"sfmc": "CK-1"})
    merged = account("A2", email=JANE["email"], status="merged", merged_into="A3")

    assert decide(contact(), pool, merged)[0] == "nobody"


def test_two_valid_tax_numbers_are_two_customers_whatever_else_agrees():
    who = contact(ACME, tax_number=OTHER_VAT)
    one = account(
        "A1", "Acme Ltd", type="company", vat_number=VAT, email=ACME["email"], postcode=""
    )

    assert decide(who, one)[0] == "nobody"


def test_what_a_person_told_apart_is_never_suggested_again():
    one = account(email=JANE["email"], postcode="LS1 4AP")

    assert decide(contact(), one, apart={("CK-1", "A1")})[0] == "nobody"


def test_telling_one_twin_apart_makes_the_other_no_certainty():
    twins = [account(code, email=JANE["email"]) for code in ("A1", "A2")]

    assert decide(contact(), *twins, apart={("CK-1", "A1")}) == ("maybe", ["A2"], "")


# --- whatever comes -------------------------------------------------------------------------------

text = st.sampled_from
names = st.tuples(text(["Jane", "John", "J", ""]), text(["Smith", "Smyth", "Jones", ""]))
mails = text(["", "a@x.example", "b@x.example", "info@x.example", "a@gmail.com"])
numbers = text(["", VAT, OTHER_VAT, "980780685", f"XI{VAT[2:]}"])
phones = text(["", "+447911123456", "+447911123457", "+441132496000"])
codes = text(["", "LS1 4AP", "M1 1AA"])
firms = text(["", "Acme Ltd", "Acme Limited", "Acme Services Ltd"])


@st.composite
def contacts(draw):
    first, last = draw(names)
    return of_contact(
        draw(text(["CK-1", "CK-2"])),
        {
            "first_name": first,
            "last_name": last,
            "company_name": draw(firms),
            "tax_number": draw(numbers),
            "email": draw(mails),
            "mobile": draw(phones),
            "postcode": draw(codes),
            "country": "GB",
            "account_code": draw(text(["", "A0", "A1"])),
        },
    )


@st.composite
def estates(draw):
    rows = []
    for place in range(draw(st.integers(0, 4))):
        first, last = draw(names)
        firm = draw(firms)
        rows.append(
            account(
                f"A{place}",
                firm or f"{first} {last}".strip(),
                type="company" if firm else "person",
                postcode=draw(codes),
                vat_number=draw(numbers),
                email=draw(mails),
                phone=draw(phones),
                is_pool=draw(st.booleans()) and draw(st.booleans()),
                external_keys=draw(text([{}, {}, {"sfmc": "CK-1"}])),
            )
        )
    return rows


@settings(deadline=None)
@given(contacts(), estates(), st.randoms())
def test_the_order_of_the_rows_changes_nothing(who, rows, random):
    shuffled = [*rows, *rows]
    random.shuffle(shuffled)

    assert ladder.decide(who, rows) == ladder.decide(who, shuffled)


@settings(deadline=None)
@given(contacts(), estates())
def test_likeness_never_links(who, rows):
    """Whatever the scores say: without an equal identifier nobody is linked."""
    verdict = ladder.decide(who, rows)
    strangers = [
        replace(one, vat="", number="", email="", mobile="", phone="", held_key="") for one in rows
    ]
    nameless = replace(who, account="")

    assert ladder.decide(nameless, strangers).outcome in ("maybe", "nobody")
    assert all(one.score < 100 for one in verdict.near)
    if verdict.outcome == "same":
        chosen = next(one for one in rows if one.key == verdict.account)
        assert not chosen.is_pool
        assert not ladder.is_vetoed(who, chosen)


@settings(deadline=None)
@given(contacts(), estates())
def test_a_veto_is_the_same_from_both_sides(who, rows):
    for one in rows:
        assert ladder.is_vetoed(who, one) == ladder.is_vetoed(one, who)
        assert ladder.numbers_differ(who, one) == ladder.numbers_differ(one, who)


@settings(deadline=None)
@given(contacts(), estates())
def test_who_was_told_apart_from_everybody_is_nobody(who, rows):
    apart = {(who.key.upper(), one.key.upper()) for one in rows}

    assert ladder.decide(who, rows, apart).outcome == "nobody"


@settings(deadline=None)
@given(contacts(), estates())
def test_a_likeness_gives_its_reasons(who, rows):
    for one in rows:
        found = likeness.likeness(who, one)
        assert bool(found.score) == bool(found.reasons)
