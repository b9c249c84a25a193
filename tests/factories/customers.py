"""Contacts, accounts and proposals in the mirror, without either system."""

from typing import Any

from django.utils import timezone

from connectors.sync.contacts.outcome import subject_of
from exceptions.intake import file_findings
from exceptions.models import ExceptionCase
from integration.core.problems import Finding, Problem
from integration.mirror.models import Contact
from integration.ownership.models import Comparison, Drift, Proposal
from tests.factories.cases import FACTS


def contact(key: str = "CK-1", **data: str) -> Contact:
    told = {
        "key": key,
        "email": "ann@acme.example",
        "first_name": "Ann",
        "last_name": "Archer",
        "company_name": "Acme Trading Ltd",
        **data,
    }
    return Contact.objects.create(
        key=key,
        email=told["email"],
        company_name=told["company_name"],
        first_name=told["first_name"],
        last_name=told["last_name"],
        data=told,
        status="Active",
        read_at=timezone.now(),
    )


def proposal(key: str = "CK-1", **told: Any) -> Proposal:
    now = timezone.now()
    values = {
        "contact_key": key,
        "account_code": "ACME",
        "name": "Acme Trading Ltd",
        "field": "address",
        "source": "sfmc",
        "owner": "prima",
        "current": "1 High Street, Leeds",
        "proposed": "9 Low Road, Leeds",
        "token": "abc",
        "created_at": now,
        "changed_at": now,
        **told,
    }
    return Proposal.objects.create(**values)


def drift(key: str = "CK-1", **told: Any) -> Drift:
    now = timezone.now()
    values = {
        "contact_key": key,
        "account_code": "ACME",
        "name": "Acme Trading Ltd",
        "field": "name",
        "owner": "prima",
        "sfmc_value": "Acme",
        "prima_value": "Acme Trading Ltd",
        "state": "stuck",
        "first_seen_at": now,
        "last_seen_at": now,
        **told,
    }
    return Drift.objects.create(**values)


def comparison(**told: Any) -> Comparison:
    now = timezone.now()
    values = {
        "started_at": now,
        "finished_at": now,
        "pairs": 120,
        "differing": 3,
        "found": 2,
        "healed": 1,
        "by_field": {"name": 2, "email": 1},
        "by_state": {"proposed": 3},
        **told,
    }
    return Comparison.objects.create(**values)


def lead_case(key: str = "CK-1", kind: str = "unfit_lead") -> ExceptionCase:
    """A case of this contact alone."""
    contact(key)
    problem = Problem(kind, "Something is wrong.", FACTS[kind], pointers=["/contact/last_name"])
    file_findings([Finding(subject_of(key, "Ann"), (problem,), "customers")])
    return ExceptionCase.objects.get(kind=kind, occurrences__external_id=key)
