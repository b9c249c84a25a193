"""A small world for orders: what Prima holds, a mapping book, payloads that fit, and a second
opinion: the sandbox's own Prima, which checks what we would send to the penny."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from connectors.prima.capabilities import Capabilities, Limits
from connectors.prima.rest.customer_payload import customer_from
from connectors.prima.rest.item_payload import code_from, item_from, tax_code_from
from connectors.prima.rest.order_payload import order_payload
from connectors.sandbox.clock import Clock
from connectors.sandbox.faults import Faults
from connectors.sandbox.prima.capabilities import build
from connectors.sandbox.prima.installation import Company, Installation
from connectors.sandbox.prima.order_checks.verdict import judge
from connectors.sandbox.prima.seed import prepare
from connectors.sandbox.store import Store
from connectors.sync.orders.reading import Reading, read
from connectors.sync.orders.translate import Translation, translate_reading
from connectors.sync.orders.world import Reference, World
from integration.mapping.book import CountryRule, Dated, MappingBook, PromotionRule
from integration.records.item import CodeList
from integration.records.sales_order import SalesOrder

TODAY = date(2026, 11, 23)
CODE_LISTS: dict[CodeList, str] = {
    "charge": "charge_codes",
    "promotion": "promotion_codes",
    "source_media": "source_media",
    "payment_method": "payment_methods",
}
PRIMA: dict[str, Any] = {
    "tax_codes": [
        {"code": "S", "description": "Standard", "rate": "20"},
        {"code": "R", "description": "Reduced", "rate": "5"},
        {"code": "Z", "description": "Zero", "rate": "0"},
        {"code": "RC", "description": "Reverse charge", "rate": "0"},
    ],
    "charge_codes": [{"code": "CARR", "description": "Carriage", "tax_code": "S"}],
    "promotion_codes": [
        {"code": "P-TEN", "description": "Ten"},
        {"code": "P-ANY", "description": "Any"},
        {"code": "P-OLD", "description": "Over", "valid_to": "2026-08-31"},
    ],
    "source_media": [{"code": "EMAIL", "description": "E-mail"}],
    "payment_methods": [
        {"code": "CARD", "description": "Card"},
        {"code": "VOUCHER", "description": "Voucher", "kind": "voucher"},
        {"code": "CREDIT", "description": "Store credit", "kind": "credit"},
    ],
    "customers": [
        {
            "account_code": "JANE01",
            "name": "Jane Smith",
            "type": "person",
            "currency": "GBP",
            "email": "jane.smith@example.com",
            "external_keys": [{"system": "sfmc", "key": "C-JANE"}],
        },
        {
            "account_code": "ACME01",
            "name": "Acme Office Supplies Ltd",
            "vat_number": "GB980780684",
            "email": "buyer@acme.example.com",
            "payment_terms": "30D",
            "credit_limit": "1000.00",
            "balance": "900.00",
            "external_keys": [{"system": "sfmc", "key": "C-ACME"}],
        },
        {
            "account_code": "KRUG01",
            "name": "Krug GmbH",
            "currency": "EUR",
            "external_keys": [{"system": "sfmc", "key": "C-KRUG"}],
        },
        {"account_code": "TWIN01", "name": "Tim Twin", "type": "person", "email": "t@example.com"},
        {"account_code": "TWIN02", "name": "Tom Twin", "type": "person", "email": "t@example.com"},
        {"account_code": "CASH", "name": "Cash sales", "is_pool": True, "email": "c@example.com"},
        {"account_code": "HELD01", "name": "Held Ltd", "hold": "all", "hold_reason": "Unpaid"},
        {"account_code": "BILL01", "name": "No invoices Ltd", "hold": "invoice"},
        {"account_code": "SHIP01", "name": "No despatch Ltd", "hold": "ship"},
        {"account_code": "GONE01", "name": "Gone Ltd", "status": "inactive"},
        {"account_code": "STOP01", "name": "Stopped Ltd", "credit_status": "stopped"},
        {
            "account_code": "OLD01",
            "name": "Old Ltd",
            "status": "merged",
            "merged_into": "ACME01",
        },
        {
            "account_code": "LOST01",
            "name": "Lost Ltd",
            "status": "merged",
            "merged_into": "NOWHERE",
        },
        {"account_code": "SHOP01", "name": "Corner Shop", "email": "info@shop.example.com"},
    ],
    "items": [
        {"sku": "MUG", "description": "Mug", "tax_code": "S"},
        {"sku": "BOOK", "description": "Book", "tax_code": "Z"},
        {"sku": "SEAT", "description": "Child seat", "tax_code": "R"},
        {"sku": "GIFT", "description": "Sticker", "tax_code": "S"},
        {
            "sku": "BOOT",
            "variant": {"m1": "RED", "m2": "42"},
            "description": "Boot",
            "tax_code": "S",
        },
        {"sku": "BARRED", "description": "No", "status": "blocked", "blocked_reason": "Recalled"},
        {"sku": "ENDED", "description": "Old", "status": "discontinued"},
        {"sku": "ODDTAX", "description": "Odd", "tax_code": "X9"},
    ],
}
BOOK = MappingBook(
    products={
        "WEB-MUG": (Dated("MUG"),),
        "WEB-BOOT-42": (Dated("BOOT|RED|42"),),
        "WEB-LOST": (Dated("NOT-THERE"),),
        "SEASONAL": (Dated("MUG", date(2026, 11, 1), date(2026, 11, 30)),),
    },
    promotions={
        "TEN": (Dated(PromotionRule("discount", "P-TEN")),),
        "ANY": (Dated(PromotionRule("discount", "P-ANY")),),
        "ANY2": (Dated(PromotionRule("discount", "P-ANY")),),
        "ALONE": (Dated(PromotionRule("discount", "P-ANY", may_stack=False)),),
        "FREESHIP": (Dated(PromotionRule("charge", "CARR")),),
        "GIFTCARD": (Dated(PromotionRule("payment", "VOUCHER")),),
        "CREDIT": (Dated(PromotionRule("payment", "CREDIT")),),
        "OVER": (Dated(PromotionRule("discount", "P-OLD")),),
        "TYPO": (Dated(PromotionRule("discount", "P-NONE")),),
    },
    values={
        "charge": {"STANDARD": (Dated("CARR"),)},
        "payment_method": {"STRIPE": (Dated("CARD"),)},
        "terms": {"30 DAYS": (Dated("30D"),)},
        "country": {"BLIGHTY": (Dated("GB"),)},
        "source_media": {"NEWSLETTER": (Dated("EMAIL"),)},
    },
    tax_rules={
        ("DE", "company"): CountryRule(tax_number_required=True, tax_code="RC"),
        ("IT", "company"): CountryRule(tax_number_required=True),
        ("US", "any"): CountryRule(tax_code="Z"),
    },
)
GENEROUS = replace(
    BOOK,
    policy=replace(
        BOOK.policy,
        max_promotions=9,
        max_discount_percent=Decimal(100),
        max_discount_amount=Decimal(10**9),
    ),
)


def world(book: MappingBook = BOOK, **capabilities: Any) -> World:
    accounts = [customer_from({"id": c["account_code"], **c}) for c in PRIMA["customers"]]
    by_email: dict[str, list[str]] = {}
    for account in accounts:
        if account.email:
            by_email.setdefault(account.email, []).append(account.account_code)
    limits = Limits(**capabilities.pop("limits", {}))
    return World(
        reference=Reference(
            book=book,
            capabilities=Capabilities(
                limits=limits, **{"currencies": ("GBP", "EUR", "USD", "JPY", "KWD"), **capabilities}
            ),
            today=TODAY,
            codes={
                (name, entry["code"]): code_from(name, entry)
                for name, key in CODE_LISTS.items()
                for entry in PRIMA[key]
            },
            tax_codes={entry["code"]: tax_code_from(entry) for entry in PRIMA["tax_codes"]},
        ),
        items={item.sku_key: item for item in map(item_from, PRIMA["items"])},
        accounts={account.account_code: account for account in accounts},
        by_key={
            key: (account.account_code,)
            for account in accounts
            for key in account.external_keys.values()
        },
        by_email={email: tuple(codes) for email, codes in by_email.items()},
        links={f"LINK-{account.account_code}": account.account_code for account in accounts},
    )


def order(**fields: str) -> dict[str, str]:
    """Jane's order, with tax in its prices; one mug at 12.00 as it stands."""
    return {
        "key": "W-1",
        "contact_key": "C-JANE",
        "email": "jane.smith@example.com",
        "first_name": "Jane",
        "last_name": "Smith",
        "ordered_at": "2026-11-20T10:00:00Z",
        "currency": "GBP",
        "price_basis": "gross",
        "total_paid": "12.00",
        "payment_method": "CARD",
        "payment_reference": "T-1",
        "invoice_line1": "1 High Street",
        "invoice_city": "Leeds",
        "invoice_postcode": "LS1 4DL",
        "invoice_country": "GB",
        **fields,
    }


def line(number: str = "1", sku: str = "MUG", **fields: str) -> dict[str, str]:
    return {"line_no": number, "sku": sku, "quantity": "1", "unit_price": "12.00", **fields}


def promotion(code: str = "TEN", **fields: str) -> dict[str, str]:
    return {"sequence": "1", "code": code, "type": "percent", "scope": "order", **fields}


def payload(*lines: dict[str, str], promotions: Any = (), **fields: Any) -> dict[str, Any]:
    return {
        "order": order(**fields),
        "lines": list(lines) or [line()],
        "promotions": list(promotions),
    }


def reading(sent: Any, where: World | None = None) -> Reading:
    return read(sent, (where or world()).reference)


def translated(sent: Any, where: World | None = None) -> Translation:
    there = where or world()
    return translate_reading(read(sent, there.reference), there)


def found(sent: Any, where: World | None = None) -> list[tuple[str, str]]:
    """(kind, its reason or what tells most) of all problems."""
    names = ("reason", "reasons", "field", "domain", "sku")
    return [
        (one.code, next((one.facts[name] for name in names if one.facts.get(name)), ""))
        for one in translated(sent, where).problems
    ]


class SecondOpinion:
    """Prima's own checks of an order, from the sandbox, without a server."""

    def __init__(self, **capabilities: Any) -> None:
        self.store = Store(None)
        self.company = Company("main", self.store, build(capabilities))
        prima = Installation(self.store, Faults(), Clock(), {"main": self.company})
        prepare(prima, PRIMA)

    def refusals(self, sent: SalesOrder) -> list[tuple[str, str, str]]:
        """(code, pointer, message) of everything Prima would refuse."""
        with self.store.read() as db:
            verdict = judge(db, self.company, dict(order_payload(sent)))
        return [(issue.code, issue.pointer, issue.message) for issue in verdict.errors]

    def close(self) -> None:
        self.store.close()
