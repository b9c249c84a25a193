"""What the tests of the customer pages share: addresses, rows, two customers, a pair to review."""

from typing import Any

import pytest
from django.urls import reverse

from connectors.sync.identity.estate import running
from integration.audit.models import AuditEntry
from integration.identity import keys
from integration.identity.models import (
    Candidate,
    Customer,
    CustomerLink,
    Distinction,
    LinkRun,
    Merger,
)
from tests.factories.estates import account, contact

UID = "018f0000-0000-7000-8000-000000000000"
ARGS: dict[str, list[Any]] = {
    "link-accept": [1],
    "link-reject": [1],
    "apart-back": [1],
    "link-report": [1],
    "link-outcomes": [1],
    "merger-undo": [1],
    "contact-link": ["CK-1"],
    "contact-identity": ["CK-1"],
    "customer-of": ["sfmc", "CK-1"],
    "customer": [UID],
    "customer-unlink": [UID],
    "customer-merge": [UID],
}


def at(name: str, *args: Any) -> str:
    return reverse(name, args=args or ARGS.get(name, []))


@pytest.fixture
def pair() -> Candidate:
    """Katherine and Catherine of one postcode: likely, not certain."""
    contact("KATE", first_name="Katherine", email="kate@x.example")
    account("CATH", "Catherine Smith", email="cath@y.example")
    running.run(running.ask(is_dry=False, name="test"))
    return Candidate.objects.get()


@pytest.fixture
def couple() -> tuple[Customer, Customer]:
    for number in (1, 2):
        contact(f"CK-{number}")
        account(f"A{number}")
    return (
        keys.link("CK-1", "A1", method="email", actor=None),
        keys.link("CK-2", "A2", method="email", actor=None),
    )


def rows() -> tuple[Any, ...]:
    """Everything a page might change."""
    models = (Customer, CustomerLink, Candidate, Distinction, Merger, LinkRun, AuditEntry)
    return tuple(list(model.objects.order_by("pk").values()) for model in models)
