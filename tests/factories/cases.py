"""Cases of every kind, filed the way the flows file them, with their orders in the mirror."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from connectors.sync import items
from connectors.sync.flow import ORDERS
from connectors.sync.models import SyncItem
from exceptions.intake import file_findings
from exceptions.models import ExceptionCase
from integration.core.problems import Problem
from integration.mirror.models import CampaignOrder, PrimaCode, PrimaCustomer, PrimaItem
from tests.factories.findings import finding

# Facts as the flows give them.
FACTS: dict[str, dict[str, str]] = {
    "consent_address_unknown": {"target": "sfmc", "cause": "no contact"},
    "consent_subscription": {"system": "Prima", "cause": "the signature does not fit"},
    "opt_out_not_confirmed": {"target": "prima", "cause": "write"},
    "unsupported_opt_in": {"source": "prima", "channel": "email", "reason": "It lacks all."},
    "unknown_sku": {"sku": "WARRANTY-3Y", "mapped_to": "", "description": "Warranty 3 years"},
    "item_not_sellable": {"item": "BOOT", "sku": "BOOT", "reason": "blocked"},
    "bad_discount": {
        "code": "SUMMER50",
        "type": "percent",
        "reason": "over_limit",
        "computed": "50.00",
        "limit": "40 % of the order",
        "content_hash": "h1",
    },
    "row_refused": {
        "part": "product",
        "table": "PRIMA_Product",
        "said": "Name: too long",
        "reason": "Name: too long",
    },
    "entry_refused": {"event": "back-in-stock-entry", "said": "The contact is inactive."},
    "target_table_refused": {"part": "product", "table": "PRIMA_Product", "said": "Not there."},
    "event_refused": {"definition": "order-despatched", "said": "The contact is inactive."},
    "event_without_contact": {"account": "ACME"},
    "event_late": {"milestone": "despatched", "definition": "order-despatched"},
    "missing_tax_number": {"account": "ACME", "country": "GB", "contact_key": "C-1"},
    "invalid_tax_number": {"account": "ACME", "tax_number": "GB000", "country": "GB"},
    "incompatible_address": {
        "contact_key": "C-1",
        "use": "delivery",
        "reasons": "postcode, country",
        "postcode": "XX",
        "country": "Albion",
    },
    "customer_not_found": {"contact_key": "C-1", "email": "a@acme.example", "name": "Acme"},
    "ambiguous_customer": {"contact_key": "C-1", "email": "a@acme.example", "name": "Acme"},
    "ambiguous_identity": {"contact_key": "C-1", "candidates": "ACME, ACME2"},
    "customer_key_refused": {"account": "ACME", "contact_key": "C-1"},
    "account_terms": {"account": "ACME", "reason": "hold_all"},
    "total_mismatch": {"difference": "0.10", "currency": "GBP"},
    "currency_not_allowed": {"currency": "CHF", "reason": "policy"},
    "order_changed_after_sending": {"order_number": "SO-1"},
    "rejected_by_prima": {"code": "price.missing", "pointer": "/lines/0/unit_price"},
    "delivery_failed": {"system": "prima", "error": "TimedOut"},
    "unexpected_failure": {"exception": "KeyError", "place": "lines.py check"},
    "unreadable_order": {"field": "quantity", "reason": "type"},
    "unfit_lead": {"contact_key": "C-1", "reason": "name_missing", "email": "a@acme.example"},
    "lead_duplicate": {"contact_key": "C-1", "candidates": "ACME", "reason": "hold"},
    "contact_refused": {"contact_key": "C-1", "reason": "12000", "said": "Invalid address."},
    "contact_drift": {"contact_key": "C-1", "account": "ACME", "field": "name"},
    "unmapped_value": {"domain": "charge", "value": "DRONE"},
    "difference_order_to_prima": {
        "category": "total",
        "category_title": "Another total",
        "cause": "CO-1",
        "title": "The total of order CO-1 differs in Prima",
    },
    "difference_prima_to_documents": {
        "category": "charges_missing",
        "category_title": "Charges not invoiced",
        "cause": "POST",
        "systematic": "yes",
    },
    "difference_payouts_to_documents": {
        "category": "unmatched_line",
        "category_title": "Line without document",
        "cause": "stripe||ch_1",
        "title": "Line ch_1 belongs to no document",
    },
    "difference_payout_to_bank": {
        "category": "missing_at_bank",
        "category_title": "Not at the bank",
        "cause": "stripe||po_1|GBP",
        "title": "Payout po_1 is not at the bank",
    },
    "difference_control_totals": {
        "category": "sent",
        "category_title": "Sent and not in Prima",
        "cause": "sent|2026-10-15|GBP|AUTUMN",
        "title": "What was sent and what Prima holds differ, 15 Oct 2026",
    },
    "question_to_operations": {"difference": "7", "title": "The total of order CO-1 differs"},
    "invalid_email": {"contact_key": "C-1", "email": "a@@acme"},
}


def order(key: str, **told: Any) -> CampaignOrder:
    """An order in the mirror with one line, and its held item."""
    now = timezone.now()
    payload = {
        "order": {
            "key": key,
            "contact_key": "C-1",
            "email": "a@acme.example",
            "company_name": "Acme Trading Ltd",
            "currency": "GBP",
            "price_basis": "gross",
            "total_paid": "100.00",
            "invoice_line1": "1 High Street",
            "invoice_city": "Leeds",
            "invoice_postcode": "LS1 4AP",
            "invoice_country": "GB",
            **told,
        },
        "lines": [{"line_no": "1", "sku": "WARRANTY-3Y", "quantity": "1", "unit_price": "100.00"}],
        "promotions": [],
    }
    row = CampaignOrder.objects.create(
        key=key,
        payload=payload,
        content_hash=f"hash-{key}",
        contact_key="C-1",
        email="a@acme.example",
        customer_name="Acme Trading Ltd",
        currency="GBP",
        total_paid=Decimal("100.00"),
        ordered_at=now,
        first_seen_at=now,
        last_seen_at=now,
    )
    items.enqueue(ORDERS, [key])
    SyncItem.objects.filter(external_id=key).update(state="held", last_error="Something is wrong.")
    return row


def case_of(kind: str, *keys: str, **facts: str) -> ExceptionCase:
    """A case of the kind with these orders behind it."""
    keys = keys or ("CO-1",)
    for key in keys:
        if not CampaignOrder.objects.filter(key=key).exists():
            order(key)
    told = {**FACTS[kind], **facts}
    problem = Problem(kind, "Something is wrong.", told, pointers=["/lines/0/sku"])
    file_findings([finding(key, problem) for key in keys])
    found = ExceptionCase.objects.filter(kind=kind, occurrences__external_id=keys[0])
    return found.latest("pk")


def item(sku: str, description: str = "Something", **values: Any) -> PrimaItem:
    told = {"status": "active", "kind": "stock", "tax_code": "S", **values}
    return PrimaItem.objects.create(
        sku_key=sku,
        sku=sku,
        description=description,
        data={"sku": sku, "description": description, "status": told["status"]},
        read_at=timezone.now(),
        **told,
    )


def account(code: str, name: str = "Acme Trading Ltd", **values: Any) -> PrimaCustomer:
    return PrimaCustomer.objects.create(
        prima_id=f"id-{code}",
        account_code=code,
        name=name,
        data={
            "id": f"id-{code}",
            "account_code": code,
            "name": name,
            "currency": "GBP",
            "type": "company",
        },
        read_at=timezone.now(),
        **values,
    )


def code(list_: str, code_: str, description: str = "") -> PrimaCode:
    return PrimaCode.objects.create(
        list=list_, code=code_, description=description, read_at=timezone.now()
    )
