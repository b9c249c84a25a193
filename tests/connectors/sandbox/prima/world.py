"""A small Prima world, orders that fit it, and the plainest client."""

import itertools
import json
from copy import deepcopy
from typing import Any, Self

import requests

from connectors.sandbox.running import RunningSandbox

CLIENT = {"client_id": "desk", "client_secret": "open-sesame"}
API_KEY = "key-of-the-desk"
PRIMA: dict[str, Any] = {
    "companies": ["main", "outlet"],
    "api_key": API_KEY,
    "clients": [CLIENT],
    "tax_codes": [
        {"code": "S", "description": "Standard", "rate": "20"},
        {"code": "R", "description": "Reduced", "rate": "5"},
        {"code": "Z", "description": "Zero", "rate": "0"},
        {"code": "OLD", "description": "Old", "rate": "17.5", "valid_to": "2010-12-31"},
    ],
    "charge_codes": [{"code": "CARR", "description": "Carriage", "tax_code": "S"}],
    "promotion_codes": [
        {"code": "AUTUMN10", "description": "Ten off"},
        {"code": "SUMMER", "description": "Gone", "valid_to": "2026-08-31"},
    ],
    "source_media": [{"code": "EMAIL", "description": "E-mail"}],
    "payment_methods": [
        {"code": "CARD", "description": "Card"},
        {"code": "VOUCHER", "description": "Voucher", "kind": "voucher"},
    ],
    "vouchers": [{"number": "V-1", "balance": "20.00", "valid_to": "2026-12-31"}],
    "customers": [
        {
            "account_code": "ACME01",
            "name": "Acme Office Supplies Ltd",
            "vat_number": "GB980780684",
            "email": "accounts@acme.example",
            "phone": "+441132496000",
            "price_list": "TRADE",
            "credit_limit": "1000.00",
            "balance": "900.00",
            "external_keys": [{"system": "sfmc", "key": "C-1"}],
            "addresses": [
                {
                    "lines": ["1 High Street"],
                    "city": "Leeds",
                    "postcode": "LS1 4DL",
                    "country": "GB",
                }
            ],
        },
        {
            "account_code": "JANE01",
            "name": "Jane Smith",
            "type": "person",
            "email": "jane@example.com",
        },
        {
            "account_code": "HELD01",
            "name": "Held Ltd",
            "hold": "all",
            "hold_reason": "Unpaid since June",
        },
        {"account_code": "SHIP01", "name": "No despatch Ltd", "hold": "ship"},
        {"account_code": "GONE01", "name": "Gone Ltd", "status": "inactive"},
        {"account_code": "CASH", "name": "Cash sales", "is_pool": True},
        {"account_code": "STOP01", "name": "Stopped Ltd", "credit_status": "stopped"},
        {"account_code": "EURO01", "name": "Euro GmbH", "currency": "EUR"},
        {"account_code": "OUT01", "name": "Outlet only", "company": "outlet"},
    ],
    "items": [
        {"sku": "MUG", "description": "Mug", "tax_code": "S", "price": "10.00"},
        {"sku": "BOOK", "description": "Book", "tax_code": "Z", "price": "12.50"},
        {"sku": "CARE", "description": "Care plan", "kind": "service", "tax_code": "S"},
        {
            "sku": "BOOT",
            "variant": {"m1": "BLACK", "m2": "42"},
            "description": "Boot",
            "tax_code": "S",
        },
        {"sku": "BLOCKED", "description": "No", "status": "blocked", "blocked_reason": "Recalled"},
        {"sku": "ENDED", "description": "Old", "status": "discontinued"},
    ],
    "prices": [{"price_list": "TRADE", "sku_key": "MUG", "unit_price": "8.5000"}],
    "availability": {"MUG": {"free_stock": "5"}},
}

_numbers = itertools.count(1)


def scenario(**capabilities: Any) -> Any:
    return {"name": "prima_small", "prima": {**deepcopy(PRIMA), "capabilities": capabilities}}


def order(ref: str = "", **members: Any) -> dict[str, Any]:
    """One mug at 12.00 with tax inside, by card; correct to the penny."""
    return {
        "external_ref": {"system": "sfmc", "ref": ref or f"O-{next(_numbers)}"},
        "order_date": "2026-11-20",
        "customer": {"account_code": "JANE01"},
        "currency": "GBP",
        "price_basis": "gross",
        "lines": [line()],
        "payments": [{"method": "CARD", "amount": "12.00", "transaction_id": "T-1"}],
        "expected_totals": {"gross": "12.00"},
        **members,
    }


def line(**members: Any) -> dict[str, Any]:
    return {
        "line_ref": "1",
        "sku": "MUG",
        "quantity": "1",
        "unit_price": "12.00",
        "net_amount": "10.00",
        "tax_code": "S",
        "tax_rate": "20",
        "tax_amount": "2.00",
        **members,
    }


class Client:
    """A signed-in session with one company."""

    def __init__(self, sandbox: RunningSandbox, company: str = "main") -> None:
        self.sandbox = sandbox
        self.company = company
        self.session = requests.Session()
        self.session.headers["X-Api-Key"] = API_KEY

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def send(
        self, method: str, path: str, body: Any = None, key: str = "", **headers: str
    ) -> requests.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if key:
            named["Idempotency-Key"] = key
        return self.session.request(
            method,
            f"{self.sandbox.prima_url}/{self.company}{path}",
            data=None if body is None else json.dumps(body),
            headers=named,
            timeout=10,
        )

    def get(self, path: str) -> requests.Response:
        return self.send("GET", path)

    def post(self, path: str, body: Any = None, key: str = "") -> requests.Response:
        return self.send("POST", path, body, key or f"k-{next(_numbers)}")

    def place(self, body: dict[str, Any], key: str = "") -> requests.Response:
        return self.post("/sales-orders", body, key or body["external_ref"]["ref"])

    def control(self, method: str, path: str, body: Any = None) -> requests.Response:
        return self.session.request(
            method,
            f"{self.sandbox.base_url}/prima/__control__/{path}",
            params={"company": self.company},
            json=body,
            timeout=10,
        )

    def refused(self, body: dict[str, Any]) -> list[tuple[str, str]]:
        """(code, pointer) of everything wrong with an order."""
        answer = self.post("/sales-orders:validate", body)
        if answer.status_code == 200:
            return []
        return [
            (each["code"], each["pointer"])
            for each in answer.json()["errors"]
            if each["severity"] == "error"
        ]
