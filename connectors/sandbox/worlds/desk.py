"""The mappings that the desk of a world starts with."""

from typing import Any

from connectors.sandbox.worlds.catalogue import Catalogue
from connectors.sandbox.worlds.cloud import MILESTONES, event_key
from connectors.sandbox.worlds.people import ABROAD
from connectors.sandbox.worlds.promotions import LIMITS, MAPPED

_VALUES = {
    "charge": {
        "standard": "CARR-STD",
        "express": "CARR-EXP",
        "eu": "CARR-EU",
        "eu-trade": "CARR-EURC",
        "collect": "COLLECT",
    },
    "payment_method": {"card": "CARD", "paypal": "PAYPAL", "invoice": "ACCOUNT"},
    "terms": {"30 days": "30D", "30D": "30D", "60 days": "60D"},
    "country": {"UK": "GB", "Eire": "IE"},
    "source_media": {"email-autumn": "EM-AUT26", "email-warranty": "EM-WARR26"},
}


def mappings_of(catalogue: Catalogue) -> dict[str, Any]:
    """Only what differs: a SKU that is Prima's own code needs no mapping."""
    return {
        "products": [
            {"source_sku": item.campaign_sku, "prima_sku": item.sku_key}
            for item in catalogue.items
            if item.is_mapped
        ],
        "promotions": [
            {
                "source_code": code,
                "treatment": treatment,
                "prima_code": prima_code,
                "may_stack": may_stack,
                **LIMITS.get(code, {}),
            }
            for code, treatment, prima_code, _, may_stack in MAPPED
        ],
        "values": [
            {"domain": domain, "source": source, "target": target}
            for domain, values in _VALUES.items()
            for source, target in values.items()
        ],
        "milestones": [
            {
                "milestone": milestone,
                "event_definition": event_key(milestone),
                "service_only": True,
            }
            for milestone in MILESTONES
        ],
        "tax_rules": _tax_rules(),
        "back_in_stock": {"event_key": "back-in-stock-entry"},
        "policy": {
            "currencies": "GBP,EUR",
            "max_discount_percent": "40",
            "max_discount_amount": "500",
            "max_promotions": 3,
            "max_lines": 500,
            "max_quantity": 10_000,
            "oldest_order_days": 365,
            "default_source_media": "WEB",
            "default_tax_code": "S",
        },
    }


def _tax_rules() -> list[dict[str, Any]]:
    """Companies in the Union are charged nothing against their number; nobody else abroad is."""
    rules = [
        {"country": "GB", "customer_type": "any", "tax_number_required": False, "tax_code": ""},
        {"country": "*", "customer_type": "any", "tax_number_required": False, "tax_code": "Z"},
    ]
    for country in ABROAD:
        rules += [
            {
                "country": country,
                "customer_type": "company",
                "tax_number_required": True,
                "tax_code": "RC",
            },
            {
                "country": country,
                "customer_type": "person",
                "tax_number_required": False,
                "tax_code": "Z",
            },
        ]
    return rules
