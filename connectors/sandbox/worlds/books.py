"""What Prima holds in a world: code lists, accounts, items and stock."""

from collections.abc import Iterable
from random import Random
from typing import Any

from connectors.sandbox.worlds.catalogue import RATES, Catalogue, Item
from connectors.sandbox.worlds.orders import Order, money
from connectors.sandbox.worlds.people import Person, Place

CLIENT = {"client_id": "desk-demo", "client_secret": "desk-demo-secret"}
_TAX_WORDS = {
    "S": "Standard rate",
    "R": "Reduced rate",
    "Z": "Zero rate",
    "E": "Exempt",
    "RC": "Reverse charge",
}
_CHARGES = (
    ("CARR-STD", "Standard delivery", "S"),
    ("CARR-EXP", "Express delivery", "S"),
    ("CARR-EU", "Delivery to the European Union", "Z"),
    ("CARR-EURC", "Delivery to companies in the European Union", "RC"),
    ("COLLECT", "Collected at the shop", "S"),
)
# A concession on carriage is booked under the code of the charge, so that code is on both lists.
_PROMOTIONS = """
    WELCOME AUTUMN26 LOYALTY MONEYOFF ITEMOFF MULTIBUY BUNDLE DEAL VIP STAFF CLEARANCE GOODWILL
    CARR-STD CARR-EXP CARR-EU CARR-EURC
"""
_SOURCES = (
    ("WEB", "Shop, no campaign"),
    ("EM-AUT26", "E-mail, autumn 2026"),
    ("EM-WARR26", "E-mail, warranty offer 2026"),
    ("CAT-AW26", "Printed catalogue, autumn 2026"),
)
_METHODS = (
    ("CARD", "Card", "card"),
    ("PAYPAL", "PayPal", "other"),
    ("ACCOUNT", "On account", "other"),
    ("GIFTV", "Gift voucher", "voucher"),
    ("CREDIT", "Store credit", "credit"),
)


def prima_of(
    random: Random, catalogue: Catalogue, accounts: Iterable[Person], orders: Iterable[Order]
) -> dict[str, Any]:
    return {
        "companies": ["main"],
        "clients": [{**CLIENT, "name": "Desk"}],
        # Two lines of street: what the shop allows beyond that has to be written differently.
        "capabilities": {"limits": {"address_lines": 2}},
        "tax_codes": [
            {"code": code, "description": _TAX_WORDS[code], "rate": str(rate)}
            for code, rate in RATES.items()
        ],
        "charge_codes": [
            {"code": code, "description": text, "tax_code": tax} for code, text, tax in _CHARGES
        ],
        "promotion_codes": [
            {"code": code, "description": code.capitalize()} for code in _PROMOTIONS.split()
        ],
        "source_media": [{"code": code, "description": text} for code, text in _SOURCES],
        "payment_methods": [
            {"code": code, "description": text, "kind": kind} for code, text, kind in _METHODS
        ],
        "vouchers": _vouchers(orders),
        "customers": [_customer(person) for person in accounts],
        "items": [_item(item, place) for place, item in enumerate(catalogue.items)],
        "availability": {
            item.sku_key: {"free_stock": str(random.randrange(40, 900)), "warehouse": "MAIN"}
            for item in catalogue.items
            if item.kind == "stock" and item.is_sellable
        },
    }


def _vouchers(orders: Iterable[Order]) -> list[dict[str, str]]:
    """Every gift voucher that is redeemed, worth exactly that."""
    return [
        {
            "number": promotion.reference,
            "balance": money(promotion.value),
            "currency": order.currency,
        }
        for order in orders
        for promotion in order.promotions
        if promotion.kind == "voucher"
    ]


def _customer(person: Person) -> dict[str, Any]:
    keys = [{"system": "sfmc", "key": person.contact_key}] if person.keyed else []
    others = [
        _address(place, "delivery", number) for number, place in enumerate(person.other_addresses)
    ]
    return {
        "account_code": person.account_code,
        "name": person.name,
        "type": "company" if person.company else "person",
        "vat_number": person.vat,
        "email": person.email,
        "phone": person.phone,
        "currency": person.currency,
        "payment_terms": person.terms,
        "credit_limit": "250000.00" if person.terms else None,
        "hold": person.hold,
        "hold_reason": person.hold_reason,
        "is_pool": person.is_pool,
        "external_keys": keys,
        "addresses": [_address(person.home, "both", -1), *others],
        "contacts": [
            {
                "first_name": person.first_name,
                "last_name": person.last_name,
                "email": person.email,
                "phone": person.phone,
                "role": "buyer",
            }
        ],
    }


def _address(place: Place, role: str, number: int) -> dict[str, Any]:
    return {
        "id": f"A{number + 2}",
        "role": role,
        "name": place.name,
        "lines": list(place.lines),
        "city": place.city,
        "county": place.county,
        "postcode": place.postcode,
        "country": place.country,
        "is_default": number < 0,
    }


def _item(item: Item, place: int) -> dict[str, Any]:
    colour, size = item.variant
    variant = {"variant": {"m1": colour, "m2": size, "m3": "", "m4": ""}} if colour else {}
    blocked = item.status == "blocked"
    return {
        "sku": item.sku,
        "description": item.description,
        "kind": item.kind,
        "tax_code": item.tax_code,
        **variant,
        "uom": "M" if item.by_the_metre else "EA",
        "price": money(item.price),
        "currency": "GBP",
        "status": item.status,
        "blocked_reason": "Recalled by the maker." if blocked else "",
        "season": item.season,
        "brand": ("Hearth & Hedge", "Calder Mill", "")[place % 3],
    }
