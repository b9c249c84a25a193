"""The adapters that the conformance suite is run against, each with the Prima behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from connectors.addresses import AddressPolicy
from connectors.http import Conduct
from connectors.prima.port import Prima
from connectors.prima.rest.adapter import RestPrima
from connectors.prima.rest.auth import Credentials
from connectors.sandbox.running import RunningSandbox
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

LOOPBACK = AddressPolicy(frozenset({"127.0.0.1"}))
API_KEY = "open-sesame"
LEEDS = Address("Acme Ltd", ("1 High Street",), "Leeds", "", "LS1 4DL", "GB", "")
WORLD: dict[str, Any] = {
    "name": "small_prima",
    "sfmc": {},
    "prima": {
        "api_key": API_KEY,
        "clients": [{"client_id": "desk", "client_secret": "hush"}],
        "capabilities": {
            "limits": {"calls_per_second": 500, "max_length": {"addresses.lines": 30}}
        },
        "tax_codes": [
            {"code": "S", "description": "Standard", "rate": "20", "valid_from": "2011-01-04"},
            {"code": "Z", "description": "Zero", "rate": "0"},
        ],
        "charge_codes": [{"code": "CARR", "description": "Carriage", "tax_code": "S"}],
        "promotion_codes": [
            {"code": "SPRING10", "description": "Spring", "valid_to": "2026-12-31"}
        ],
        "source_media": [{"code": "EMAIL", "description": "E-mail campaign"}],
        "payment_methods": [{"code": "CARD", "description": "Card"}],
        "customers": [
            {
                "account_code": "ACME01",
                "name": "Acme Ltd",
                "vat_number": "GB980780684",
                "email": "orders@acme.example",
                "credit_limit": "5000.00",
                "external_keys": [{"system": "sfmc", "key": "C-42/a"}],
                "addresses": [
                    {
                        "id": "A-1",
                        "role": "invoice",
                        "name": "Acme Ltd",
                        "attention": "The buyer",
                        "lines": ["1 High Street"],
                        "city": "Leeds",
                        "postcode": "LS1 4DL",
                        "country": "GB",
                        "is_default": True,
                    }
                ],
            },
            {"account_code": "HELD01", "name": "Held Ltd", "hold": "all", "hold_reason": "Unpaid"},
            *[{"account_code": f"C{n:03d}", "name": f"Customer {n}"} for n in range(600)],
        ],
        "items": [
            {"sku": "BOOT", "description": "Boot", "tax_code": "S", "price": "30.00"},
            {
                "sku": "COAT",
                "description": "Coat",
                "tax_code": "S",
                "variant": {"m1": "RED", "m2": "", "m3": "", "m4": "XL"},
            },
            {"sku": "OLD", "description": "Old", "tax_code": "S", "status": "blocked"},
        ],
    },
}


@dataclass(frozen=True, slots=True)
class Adapter:
    """`connect` makes an adapter to the sandbox; later ones add theirs to ADAPTERS."""

    name: str
    connect: Callable[[RunningSandbox], Prima]


def connect_rest(sandbox: RunningSandbox, **credentials: str) -> RestPrima:
    given = credentials or {"client_id": "desk", "client_secret": "hush"}
    return RestPrima(
        sandbox.prima_url,
        "main",
        Credentials(token_url=f"{sandbox.base_url}/prima/oauth2/token", **given),
        Conduct(timeout=(1, 1), addresses=LOOPBACK),
    )


ADAPTERS = (Adapter("rest", connect_rest),)


def sales_order(reference: str = "R-1", **changes: Any) -> SalesOrder:
    """Two boots at 30.00 less 10 %, and carriage of 6.00, paid by card: 60.00 in all."""
    line = SalesLine(
        line_ref="1",
        sku="BOOT",
        kind="stock",
        description="Boot",
        quantity=Decimal(2),
        unit_price=Decimal("30.00"),
        tax_code="S",
        tax_rate=Decimal(20),
        net_amount=Decimal("45.00"),
        tax_amount=Decimal("9.00"),
        allocations=(Allocation("D1", Decimal("6.00")),),
    )
    made: dict[str, Any] = {
        "external_system": "sfmc",
        "external_ref": reference,
        "account_code": "ACME01",
        "order_date": date(2026, 11, 20),
        "currency": "GBP",
        "price_basis": "gross",
        "lines": (line,),
        "charges": (Charge("CARR", "Carriage", Decimal("5.00"), "S", Decimal("1.00")),),
        "discounts": (
            Discount(
                ref="D1",
                code="SPRING10",
                name="Spring offer",
                target="order",
                value_type="percentage",
                value=Decimal("10"),
                allocation="across",
                sequence=1,
                amount=Decimal("6.00"),
            ),
        ),
        "payments": (Payment("CARD", Decimal("60.00"), transaction_id="T-1"),),
        "totals": Totals(
            goods_net=Decimal("45.00"),
            discount_total=Decimal("6.00"),
            charges_net=Decimal("5.00"),
            tax_total=Decimal("10.00"),
            gross=Decimal("60.00"),
            tax_summary=(TaxLine("S", Decimal(20), Decimal("50.00"), Decimal("10.00")),),
        ),
        "invoice_address": LEEDS,
        "delivery_address": LEEDS,
        "source_media": "EMAIL",
        "campaign": "Spring 2026",
        "journey": "spring-journey",
        "customer_po": "PO 7",
    }
    return SalesOrder(**{**made, **changes})
