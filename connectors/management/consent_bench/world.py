"""A world for the bench of consent: many contacts to read, and people who will say no."""

import json
from pathlib import Path
from typing import Any

from connectors.management.bench import Given
from connectors.management.measuring.report import Tell
from connectors.sandbox.worlds.columns import CONTACT_COLUMNS, CUSTOMER_COLUMNS

CLIENT = {"client_id": "bench", "client_secret": "bench"}
MID = "510000001"
JOURNEYS = ("welcome", "sale", "win-back")
CHANGED = "2026-01-05T09:00:00Z"


def name_of(number: int) -> str:
    return f"p{number:06d}"


def email_of(number: int) -> str:
    return f"{name_of(number)}@example.com"


def write(given: Given, tell: Tell) -> dict[str, Any]:
    """Writes the scenario; answers where it is."""
    people = range(given["people"])
    scenario = {
        "name": "consent_bench",
        "description": "Many contacts, and people who say no.",
        "sfmc": {
            "packages": [{**CLIENT, "mid": MID}],
            "async_seconds": 1.0,
            "data_extensions": [
                {"key": "PRIMA_Contact", "name": "Contacts", "columns": CUSTOMER_COLUMNS},
                {
                    "key": "Contact_Master",
                    "name": "Contact master",
                    "columns": CONTACT_COLUMNS,
                    "rows": [_contact(number) for number in range(given["contacts"])],
                },
                {
                    "key": "ENTRY",
                    "name": "Entry",
                    "columns": [
                        {"name": "ContactKey", "type": "Text", "length": 50, "primary_key": True}
                    ],
                },
            ],
            "journeys": [
                {"key": key, "name": key, "status": "Published", "version": 1} for key in JOURNEYS
            ],
            "event_definitions": [
                {"key": f"{key}-entry", "data_extension": "ENTRY", "journey": key}
                for key in JOURNEYS
            ],
            "subscribers": [
                {"key": f"CK-{name_of(one)}", "email": email_of(one)} for one in people
            ],
        },
        "prima": {"clients": [CLIENT], "customers": [_account(one) for one in people]},
    }
    path = Path(given["folder"]) / "scenario.json"
    path.write_text(json.dumps(scenario))
    tell("written")
    return {"scenario": str(path)}


def _contact(number: int) -> dict[str, str]:
    return {
        "ContactKey": f"BULK-{number:06d}",
        "EmailAddress": f"bulk{number}@example.org",
        "FirstName": "Bulk",
        "LastName": f"Reader {number}",
        "IsLead": "False",
        "ModifiedDate": CHANGED,
    }


def _account(number: int) -> dict[str, Any]:
    name = name_of(number)
    return {
        "account_code": f"A-{name}".upper(),
        "name": name,
        "type": "person",
        "email": email_of(number),
        "external_keys": [{"system": "sfmc", "key": f"CK-{name}"}],
    }
