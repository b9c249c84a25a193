"""Records survive the mirror unchanged."""

import json
from datetime import UTC, datetime
from decimal import Decimal

from connectors.prima.capabilities import Capabilities, Limits
from connectors.sync.mirrored import as_data, capabilities_from, customer_from, item_from
from integration.records.address import Address
from integration.records.customer import Customer, CustomerAddress
from integration.records.item import Item

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_a_customer_reads_back_as_it_was_written():
    customer = Customer(
        id="c1",
        account_code="A100",
        name="Brown & Sons",
        external_keys={"sfmc": "C-1"},
        credit_limit=Decimal("5000.00"),
        balance=Decimal("0.00"),
        hold="ship",
        addresses=(
            CustomerAddress("a1", "both", Address(lines=("1 High Street", "Flat 2")), True),
        ),
        modified_at=NOON,
        version="7",
    )
    assert customer_from(json.loads(json.dumps(as_data(customer)))) == customer


def test_an_item_with_a_variant_and_a_flat_one_read_back_as_they_were_written():
    for item in (
        Item("TEE", "Tee", variant=("BLK", "M", "", ""), price=Decimal("9.9900"), modified_at=NOON),
        Item("MUG", "Mug", kind="service"),
    ):
        assert item_from(json.loads(json.dumps(as_data(item)))) == item


def test_capabilities_read_back_without_the_raw_answer():
    told = Capabilities(
        limits=Limits(max_length={"customers.name": 60}, concurrency=2),
        price_basis=("net",),
        currencies=("GBP",),
        tax_codes={"S": "20"},
    )
    assert capabilities_from(json.loads(json.dumps(as_data(told)))) == told
    assert capabilities_from({}) == Capabilities()
