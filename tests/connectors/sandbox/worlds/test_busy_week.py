"""The busy week: its size, what is wrong in it, and that the rest is right to the penny."""

import json
import re
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from email_validator import validate_email
from stdnum import get_cc_module
from stdnum.gb import vat as british

from connectors.sandbox import scenario
from connectors.sandbox.prima.address_shape import address_issues
from connectors.sandbox.scenarios import busy_week
from integration.mapping.columns import COLUMNS, DATA_EXTENSIONS
from tests.connectors.sandbox.worlds.recount import World, total_paid

TODAY = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
KINDS = {
    "unknown_sku",
    "item_not_sellable",
    "bad_discount",
    "missing_tax_number",
    "invalid_tax_number",
    "incompatible_address",
    "customer_not_found",
    "ambiguous_customer",
    "account_terms",
    "total_mismatch",
    "currency_not_allowed",
    "unreadable_order",
    "unmapped_value",
    "invalid_email",
}


@pytest.fixture(scope="module")
def week():
    return busy_week.build(today=TODAY)


@pytest.fixture(scope="module")
def world(week):
    return World(week)


def vat_is_valid(number):
    if number[:2] in ("GB", "XI"):
        return british.is_valid(number)
    module = get_cc_module(number[:2].lower(), "vat")
    assert module is not None
    return module.is_valid(number)


def address(header, what):
    return {
        "lines": [header[f"{what}Line{n}"] for n in (1, 2, 3) if f"{what}Line{n}" in header],
        "city": header[f"{what}City"],
        "postcode": header[f"{what}Postcode"],
        "country": header[f"{what}Country"].replace("UK", "GB"),
    }


def test_the_week_is_as_big_as_a_real_one(week, world):
    assert len(world.headers) == 2000
    assert len(week["prima"]["customers"]) >= 400
    assert len(week["prima"]["items"]) == 300
    assert {item["kind"] for item in week["prima"]["items"]} == {
        "stock", "service", "non_stock", "kit",
    }  # fmt: skip


def test_the_same_day_makes_the_same_week(week):
    assert busy_week.build(today=TODAY) == week


def test_another_seed_makes_another_week(week):
    assert busy_week.build(today=TODAY, seed=1)["sfmc"] != week["sfmc"]


def test_it_survives_json_and_the_check_of_scenarios(week):
    assert scenario.checked(json.loads(json.dumps(week))) == week


def test_about_one_order_in_eight_is_wrong_in_every_way_there_is(world):
    wrong = [key for key in world.truth if key in world.headers]
    assert 0.10 <= len(wrong) / len(world.headers) <= 0.14
    assert {kind for kinds in world.truth.values() for kind in kinds} == KINDS
    assert any(len(kinds) > 1 for kinds in world.truth.values())


def test_forty_orders_want_the_warranty_and_nothing_else_is_wrong(world):
    keys = {
        line["OrderKey"]
        for lines in world.lines.values()
        for line in lines
        if line.get("SKU") == "WARRANTY-3Y"
    }
    assert len(keys) == 40
    assert all(world.truth[key] == ["unknown_sku"] for key in keys)


def test_every_right_order_is_paid_to_the_penny(world):
    for key in world.right:
        paid, taken = total_paid(world, key)
        promotions = sorted(world.promotions.get(key, ()), key=lambda row: int(row["Sequence"]))
        assert Decimal(world.headers[key]["TotalPaid"]) == paid, key
        assert [Decimal(row["Amount"]) for row in promotions] == taken, key


def test_every_right_order_stays_within_the_limits_of_the_desk(week, world):
    mapped = {entry["source_code"]: entry for entry in week["mappings"]["promotions"]}
    for key in world.right:
        goods = sum(Decimal(x["Quantity"]) * Decimal(x["UnitPrice"]) for x in world.lines[key])
        promotions = world.promotions.get(key, [])
        off = sum(
            Decimal(row["Amount"])
            for row in promotions
            if mapped[row["PromotionCode"]]["treatment"] != "payment"
        )
        assert off <= goods * Decimal("0.4"), key
        assert off <= 500, key
        assert len(promotions) <= 3, key
        alone = [
            row for row in promotions
            if row["Exclusive"] == "true" or not mapped[row["PromotionCode"]]["may_stack"]
        ]  # fmt: skip
        assert not alone or len(promotions) == 1, key


def test_promotions_of_every_structure_are_among_the_right_orders(world):
    found = Counter(
        row["PromotionType"] for key in world.right for row in world.promotions.get(key, ())
    )
    assert set(found) == {
        "percent", "amount", "fixed_price", "free_shipping", "buy_x_get_y", "bundle", "voucher",
        "store_credit",
    }  # fmt: skip


def test_right_orders_name_goods_that_prima_sells(world):
    for key in world.right:
        for line in world.lines[key]:
            assert world.items[line["SKU"]]["status"] == "active"


def test_right_addresses_are_ones_that_prima_takes(world):
    for key in world.right:
        for what in ("Invoice", "Delivery"):
            given = address(world.headers[key], what)
            assert list(address_issues(given, "#", 2)) == [], key
            assert all(len(line) <= 60 for line in given["lines"])
            assert len(given["city"]) <= 35


def test_right_customers_have_valid_emails_and_tax_numbers_where_needed(world):
    for key in world.right:
        header = world.headers[key]
        validate_email(header["EmailAddress"], check_deliverability=False)
        if "CompanyName" in header:
            assert vat_is_valid(header["TaxNumber"]), key
    prefixes = {world.headers[key].get("TaxNumber", "")[:2] for key in world.right}
    assert prefixes == {"", "GB", "XI", "IE", "DE", "FR", "NL"}


def test_tax_numbers_that_should_fail_do_fail(world):
    numbers = [
        world.headers[key]["TaxNumber"]
        for key, kinds in world.truth.items()
        if "invalid_tax_number" in kinds
    ]
    assert numbers
    assert not any(vat_is_valid(number) for number in numbers)


def test_right_customers_lead_to_exactly_one_account(week, world):
    accounts = week["prima"]["customers"]
    by_key = {key["key"]: a for a in accounts for key in a["external_keys"]}
    by_email = Counter(a["email"] for a in accounts)
    emails = {a["email"]: a for a in accounts}
    for key in world.right:
        header = world.headers[key]
        account = by_key.get(header["ContactKey"])
        if account is None:
            assert by_email[header["EmailAddress"]] == 1
            account = emails[header["EmailAddress"]]
            assert header["LastName"] in account["name"]
            assert header["InvoicePostcode"] == account["addresses"][0]["postcode"]
        assert account["currency"] == header["Currency"]
        assert account["hold"] == "none"
        assert not account["is_pool"]
        terms = header.get("PaymentTerms", "").replace("30 days", "30D")
        assert terms == account["payment_terms"]


def test_orders_are_of_the_last_seven_days_and_have_short_keys(world):
    for key in world.right:
        ordered = datetime.fromisoformat(world.headers[key]["OrderDate"])
        assert 0 < (datetime(2026, 11, 23, tzinfo=UTC) - ordered).days + 1 <= 7
        assert re.fullmatch(r"[A-Z0-9-]{1,35}", key)


def test_rows_have_the_columns_that_the_desk_reads(week):
    for part, key in DATA_EXTENSIONS.items():
        table = next(t for t in week["sfmc"]["data_extensions"] if t["key"] == key)
        names = {column["name"] for column in table["columns"]}
        assert set(COLUMNS[part].values()) <= names
        assert all(set(row) <= names for row in table["rows"])


def test_vouchers_redeemed_are_vouchers_of_prima(week, world):
    balances = {entry["number"]: entry["balance"] for entry in week["prima"]["vouchers"]}
    used = [
        row for key in world.right for row in world.promotions.get(key, ())
        if row["PromotionType"] == "voucher"
    ]  # fmt: skip
    assert used
    assert all(balances[row["Reference"]] == row["Amount"] for row in used)


def test_every_contact_is_a_subscriber(week, world):
    subscribers = {entry["key"] for entry in week["sfmc"]["subscribers"]}
    assert {header["ContactKey"] for header in world.headers.values()} <= subscribers
    assert len(subscribers) == len(week["sfmc"]["subscribers"])


def test_every_mapping_leads_to_a_code_of_prima(week):
    prima, mappings = week["prima"], week["mappings"]
    known = {
        name: {entry["code"] for entry in prima[name]}
        for name in ("promotion_codes", "charge_codes", "payment_methods", "source_media")
    }
    lists = {"charge": "charge_codes", "payment_method": "payment_methods",
             "source_media": "source_media"}  # fmt: skip
    treatments = {"discount": "promotion_codes", "charge": "charge_codes",
                  "payment": "payment_methods"}  # fmt: skip
    for value in mappings["values"]:
        if value["domain"] in lists:
            assert value["target"] in known[lists[value["domain"]]]
    for promotion in mappings["promotions"]:
        assert promotion["prima_code"] in known[treatments[promotion["treatment"]]]
