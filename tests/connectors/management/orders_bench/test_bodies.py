"""Posts are made again as the desk made them."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

from connectors.body import json_body
from connectors.management.orders_bench.bodies import Body, body_of, read_back
from connectors.prima.rest.order_payload import order_payload
from connectors.sync.mirrored import as_data
from integration.records.address import Address
from integration.records.sales_order import (
    Allocation,
    Charge,
    Discount,
    Payment,
    SalesLine,
    SalesOrder,
    TaxLine,
    Totals,
)

ORDER = SalesOrder(
    external_system="sfmc",
    external_ref="CO-1",
    account_code="A100",
    order_date=date(2026, 11, 20),
    currency="GBP",
    price_basis="gross",
    lines=(
        SalesLine(
            line_ref="1",
            sku="TEE",
            kind="stock",
            description="Tee\twith a tab",
            quantity=Decimal("2"),
            unit_price=Decimal("12.00"),
            tax_code="S",
            tax_rate=Decimal("20"),
            net_amount=Decimal("18.33"),
            tax_amount=Decimal("3.67"),
            allocations=(Allocation("1", Decimal("2.00")),),
            variant=("BLK", "M", "", ""),
        ),
    ),
    totals=Totals(
        goods_net=Decimal("18.33"),
        discount_total=Decimal("2.00"),
        charges_net=Decimal("4.13"),
        tax_total=Decimal("4.49"),
        gross=Decimal("26.95"),
        tax_summary=(TaxLine("S", Decimal("20"), Decimal("22.46"), Decimal("4.49")),),
    ),
    charges=(Charge("CARR-STD", "Delivery", Decimal("4.13"), "S", Decimal("0.82")),),
    discounts=(
        Discount(
            ref="1",
            code="WELCOME",
            name="Welcome",
            target="order",
            value_type="fixed_amount",
            value=Decimal("2.00"),
            allocation="across",
            sequence=1,
            amount=Decimal("2.00"),
        ),
    ),
    payments=(
        Payment("CARD", Decimal("26.95"), captured_at=datetime(2026, 11, 20, 9, tzinfo=UTC)),
    ),
    invoice_address=Address(lines=("1 High Street",), city="Bath", country="GB"),
)


def test_an_order_as_the_desk_keeps_it_is_read_back_equal():
    assert read_back(SalesOrder, json.loads(json.dumps(as_data(ORDER)))) == ORDER


def test_the_post_of_a_kept_order_is_the_one_that_was_made():
    kept = json.loads(json.dumps(as_data(ORDER)))
    assert body_of(kept) == Body("CO-1", json_body(order_payload(ORDER), "Prima"))
