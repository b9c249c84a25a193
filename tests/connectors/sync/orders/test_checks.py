"""The customer and what belongs to them: one table a check."""

from dataclasses import replace

import pytest

from integration.records.address import Address
from tests.connectors.sync.orders.worlds import found, line, payload, translated, world


def who(**fields):
    """(account, how it was found) or (kind, reason)."""
    translation = translated(payload(**fields))
    if translation.account_code:
        return translation.account_code, translation.matched_by
    problem = next(p for p in translation.problems if "customer" in p.code)
    return problem.code, problem.facts.get("reason", problem.facts["candidates"])


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"contact_key": "C-JANE"}, ("JANE01", "external_key")),
        ({"contact_key": "LINK-JANE01"}, ("JANE01", "link")),
        ({"contact_key": "LINK-OLD01"}, ("ACME01", "link")),
        ({"contact_key": "LINK-LOST01"}, ("customer_not_found", "account_gone")),
        ({"contact_key": "LINK-CASH"}, ("customer_not_found", "pool")),
        # by e-mail, with the surname in any case, whatever the key
        ({"contact_key": "NEW", "last_name": "SMITH"}, ("JANE01", "email")),
        ({"contact_key": "", "email": "Jane.Smith@Example.com"}, ("JANE01", "email")),
        ({"contact_key": "NEW", "last_name": "Jones"}, ("customer_not_found", "name_differs")),
        ({"contact_key": "NEW", "last_name": "mith"}, ("customer_not_found", "name_differs")),
        ({"contact_key": "NEW", "last_name": ""}, ("customer_not_found", "name_differs")),
        (
            {
                "contact_key": "NEW",
                "email": "buyer@acme.example.com",
                "company_name": "ACME Office Supplies, Ltd",
            },
            ("ACME01", "email"),
        ),
        (
            {
                "contact_key": "NEW",
                "email": "buyer@acme.example.com",
                "company_name": "Acme Office Services Ltd",
            },
            ("customer_not_found", "name_differs"),
        ),
        (
            {
                "contact_key": "NEW",
                "email": "buyer@acme.example.com",
                "company_name": "Acme Office Supplies Ltd",
                "tax_number": "GB802311782",
            },
            ("customer_not_found", "name_differs"),
        ),
        (
            {"contact_key": "NEW", "email": "t@example.com", "last_name": "Twin"},
            ("ambiguous_customer", "TWIN01, TWIN02"),
        ),
        (
            {"contact_key": "NEW", "email": "c@example.com", "last_name": "sales"},
            ("customer_not_found", "unknown"),
        ),
        (
            {
                "contact_key": "NEW",
                "email": "info@shop.example.com",
                "company_name": "Corner Shop",
            },
            ("customer_not_found", "unknown"),
        ),
        ({"contact_key": "NEW", "email": ""}, ("customer_not_found", "unknown")),
    ],
)
def test_whose_order_it_is(fields, expected):
    assert who(**fields) == expected


@pytest.mark.parametrize(
    ("account", "reason"),
    [
        ("HELD01", "hold_all"),
        ("BILL01", "hold_invoice"),
        ("GONE01", "inactive"),
        ("STOP01", "credit_stopped"),
    ],
)
def test_accounts_that_may_not_buy(account, reason):
    assert found(payload(contact_key=f"LINK-{account}")) == [("account_terms", reason)]


def test_a_hold_on_despatch_is_primas_business():
    translation = translated(payload(contact_key="LINK-SHIP01"))

    assert translation.order is not None
    assert translation.notes == (
        "The customer was found by their link to account SHIP01.",
        "Account SHIP01 is on hold for despatch.",
    )


@pytest.mark.parametrize(
    ("terms", "problems"),
    [
        ("", []),
        ("30 days", []),
        ("30d", []),
        ("60 days", [("account_terms", "terms_differ")]),
    ],
)
def test_terms_are_those_of_the_account(terms, problems):
    assert found(payload(contact_key="C-ACME", payment_terms=terms)) == problems


@pytest.mark.parametrize(
    ("currency", "account", "reason"),
    [
        ("GBP", "C-JANE", ""),
        ("XYZ", "C-JANE", "unknown"),
        ("USD", "C-JANE", "policy"),
        ("EUR", "C-JANE", "account"),
        ("EUR", "C-KRUG", ""),
        ("gbp", "C-JANE", ""),
    ],
)
def test_currencies(currency, account, reason):
    problems = found(payload(currency=currency, contact_key=account))

    assert problems == ([("currency_not_allowed", reason)] if reason else [])


def test_a_currency_prima_does_not_take():
    where = world(currencies=("EUR",))

    assert found(payload(), where) == [("currency_not_allowed", "prima")]


@pytest.mark.parametrize(
    ("number", "is_valid"),
    [
        ("", True),
        ("GB980780684", True),
        ("gb 980 7806 84", True),
        ("980780684", True),
        ("XI980780684", True),
        ("GB980780685", False),
        ("GB000000000", False),
        ("000000000", False),
        ("GB", False),
        ("DE136695976", True),
        ("DE136695970", False),
        ("ATU13585627", True),
        ("EL094259216", True),
        ("IE6433435F", True),
        ("U8X", False),
        ("not a number", False),
        ("١٢٣٤٥٦٧٨٩", False),
    ],
)
def test_tax_numbers(number, is_valid):
    expected = [] if is_valid else [("invalid_tax_number", "")]

    assert found(payload(tax_number=number)) == expected


def test_a_needed_tax_number_may_be_that_of_the_account():
    abroad = {"invoice_country": "Italy", "invoice_city": "Roma", "invoice_postcode": "00144"}
    abroad["invoice_county"] = "RM"

    with_one = found(payload(contact_key="C-ACME", **abroad))
    without = found(payload(contact_key="C-KRUG", currency="EUR", **abroad))
    person = found(payload(contact_key="C-JANE", **abroad))

    assert (with_one, without, person) == ([], [("missing_tax_number", "")], [])


@pytest.mark.parametrize(
    ("email", "is_valid"),
    [
        ("", True),
        ("jane@example.com", True),
        (" jane@example.com ", True),
        ("jane+tag@sub.example.co.uk", True),
        ("jane@bücher.example.com", True),
        ("jane", False),
        ("jane@", False),
        ("jane@@example.com", False),
        ("jane @example.com", False),
        ("jane(at)example.com", False),
        ("a" * 250 + "@example.com", False),
    ],
)
def test_email_addresses(email, is_valid):
    kinds = [kind for kind, _ in found(payload(email=email))]

    assert kinds == ([] if is_valid else ["invalid_email"])


def address(**fields):
    """Reasons why the address does not suit."""
    return [reason for kind, reason in found(payload(**fields)) if kind == "incompatible_address"]


@pytest.mark.parametrize(
    ("fields", "reasons"),
    [
        ({}, []),
        ({"invoice_postcode": "ls14dl"}, []),
        ({"invoice_postcode": "LS1  4DL"}, []),
        ({"invoice_postcode": ""}, ["postcode"]),
        ({"invoice_postcode": "LS99 9ZZZ"}, ["postcode"]),
        ({"invoice_city": ""}, ["city"]),
        ({"invoice_line1": ""}, ["lines"]),
        ({"invoice_line1": "", "invoice_line2": "1 High Street"}, []),
        ({"invoice_country": ""}, ["country"]),
        ({"invoice_country": "Ruritania"}, ["country"]),
        ({"invoice_country": "UK"}, []),
        ({"invoice_country": "england"}, []),
        ({"invoice_country": "Scotland"}, []),
        ({"invoice_country": "blighty"}, []),
        ({"invoice_country": "United Kingdom"}, []),
        ({"invoice_postcode": "JE2 4WE"}, ["crown_dependency"]),
        ({"invoice_postcode": "GY1 1AA"}, ["crown_dependency"]),
        ({"invoice_postcode": "JE2 4WE", "invoice_country": "Jersey"}, []),
        ({"invoice_postcode": "IM1 1AA"}, []),
        ({"invoice_postcode": "", "invoice_country": "Ireland"}, []),
        (
            {"invoice_country": "US", "invoice_postcode": "10001", "invoice_city": "New York"},
            ["county"],
        ),
        ({"invoice_line1": "x" * 61}, ["line_too_long"]),
        ({"invoice_city": "x" * 36}, ["too_long"]),
        ({"invoice_postcode": "", "invoice_city": "", "invoice_line1": ""}, ["postcode, city, lines"]),
        ({"delivery_line1": "2 Low Street"}, ["country"]),
        (
            {
                f"invoice_{name}": ""
                for name in ("line1", "city", "postcode", "country")
            },
            ["missing"],
        ),
    ],
)  # fmt: skip
def test_addresses(fields, reasons):
    assert address(**fields) == reasons


def test_one_problem_an_address_with_a_proposed_split():
    long = "Care of the Porter's Lodge, behind the Old Corn Exchange, second staircase"

    (problem,) = translated(payload(invoice_line1=long, invoice_postcode="")).problems

    assert problem.message == (
        "Order W-1: the invoice address does not suit Prima: the postcode is missing; "
        "line 1 has 74 characters; Prima holds 60."
    )
    assert problem.facts["suggestion"] == (
        "Care of the Porter's Lodge, behind the Old Corn Exchange,\nsecond staircase"
    )
    assert problem.pointers == ("/order/invoice_postcode", "/order/invoice_line1")
    assert problem.target_pointers == ("/invoice_address/postcode", "/invoice_address/lines/0")


def test_limits_come_from_prima():
    lines = {"invoice_line2": "Weavers' Court", "invoice_line3": "144 Mill Lane"}
    short = world(limits={"address_lines": 2, "max_length": {"addresses.lines": 10}})

    assert found(payload(**lines), short) == [
        ("incompatible_address", "too_many_lines, line_too_long")
    ]
    assert found(payload(**lines)) == []


def test_an_address_prima_cannot_print():
    western = world(charset="iso-8859-1")

    assert found(payload(invoice_line1="1 Heol Tŷ"), western) == [
        ("incompatible_address", "characters")
    ]
    assert found(payload(invoice_city="Zürich"), western) == []


def test_the_address_is_sent_as_people_write_it_but_for_code_and_country():
    order = translated(
        payload(invoice_city="leeds", invoice_postcode="ls1 4dl", invoice_country="uk")
    ).order

    assert order is not None
    assert order.delivery_address == order.invoice_address
    assert order.invoice_address == Address(
        lines=("1 High Street",), city="leeds", postcode="LS1 4DL", country="GB"
    )


@pytest.mark.parametrize(
    ("sku", "kind"),
    [
        ("MUG", ""),
        ("mug", ""),
        ("web-mug", ""),
        ("SEASONAL", ""),
        ("BOOT|RED|42", ""),
        ("WEB-LOST", "unknown_sku"),
        ("TEA", "unknown_sku"),
        ("BARRED", "item_not_sellable"),
        ("ENDED", "item_not_sellable"),
    ],
)
def test_skus(sku, kind):
    kinds = [problem.code for problem in translated(payload(line(sku=sku))).problems]

    assert kinds == ([kind] if kind else [])


def test_a_mapping_counts_on_its_days_only():
    old = payload(line(sku="SEASONAL"), ordered_at="2026-10-20T10:00:00Z")

    assert found(old) == [("unknown_sku", "SEASONAL")]


@pytest.mark.parametrize(
    ("fields", "domain", "value"),
    [
        ({"shipping_code": "drone"}, "charge", "drone"),
        ({"shipping_amount": "1.00", "total_paid": "13.00"}, "charge", ""),
        ({"payment_method": "shells"}, "payment_method", "shells"),
        ({"source_media": "tv"}, "source_media", "tv"),
    ],
)
def test_codes_that_mean_nothing_to_prima(fields, domain, value):
    (problem,) = translated(payload(**fields)).problems

    assert (problem.code, problem.facts) == ("unmapped_value", {"domain": domain, "value": value})


def test_a_key_kept_at_an_account_and_the_one_it_was_merged_into_is_one_customer():
    there = world()
    merged = replace(there, by_key={"C-2": ("OLD01", "ACME01"), "C-3": ("JANE01", "ACME01")})

    one = translated(payload(contact_key="C-2"), merged)
    two = translated(payload(contact_key="C-3"), merged)

    assert (one.account_code, one.matched_by) == ("ACME01", "external_key")
    assert [problem.code for problem in two.problems] == ["ambiguous_customer"]


@pytest.mark.parametrize(
    ("phone", "sent"),
    [
        ("", ""),
        ("0113 249 6000", "+441132496000"),
        ("+44 (0)113 249 6000", "+441132496000"),
        ("+49 30 123456", "+4930123456"),
        ("ask for Jo", ""),
        ("12", ""),
    ],
)
def test_the_telephone_number_is_sent_as_carriers_dial_it(phone, sent):
    translation = translated(payload(phone=phone))

    assert translation.order is not None
    assert translation.order.delivery_address.phone == sent
    assert any("left out" in note for note in translation.notes) == bool(phone and not sent)
