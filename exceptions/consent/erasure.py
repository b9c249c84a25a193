"""Erases what the desk holds of a person, and keeps what keeps them from being written to.

Orders stay, without the person: the books need them. The ledger stays: it holds no address, only
its keyed hash. Both systems are the owners of their data; what they still hold is read again.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Left
from django.utils import timezone

from connectors.sync.consent.claims import under_way
from connectors.sync.models import Inbound, Notification
from connectors.sync.outgoing.row import OutgoingRow
from connectors.sync.stock.request import StockRequest
from exceptions.consent.dossier import ERASURE, Dossier
from exceptions.models import BulkJob, Occurrence
from exceptions.preflight.models import PreflightFinding
from exceptions.problems import NotAllowed, NotPossible
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.audit import trail
from integration.consent import addresses, ledger
from integration.consent.happening import Happening
from integration.consent.models import ConsentEvidence, Source
from integration.core.personal import PERSONAL
from integration.ownership import erasing

ERASED = "(erased)"
_ROWS_OF_PEOPLE = ("contact", "put_back")


@transaction.atomic
def erase(dossier: Dossier, hashed: str, *, reason: str, actor: User) -> dict[str, int]:
    """Answers how many rows of each kind were changed. Raises Refused in words.

    Whoever is erased is suppressed for ever: a person who asks to be forgotten is not written to.
    """
    if not actor.may(May.ERASE_PEOPLE):
        raise NotAllowed("Your roles do not let you erase people.")
    if under_way().filter(event__in=dossier.events().values("pk")).exists():
        raise NotPossible(
            "Something they said is still on its way to the other system. Erase them when it is "
            "confirmed, or nobody will know whom to unsubscribe."
        )
    _suppress(dossier, actor)
    counts = _pseudonymise(dossier)
    trail.record(
        "person erased", actor=actor, label=f"Person {hashed[:12]}", reason=reason,
        hashes=sorted(dossier.hashes), rows=counts,
    )  # fmt: skip
    return counts


def _suppress(dossier: Dossier, actor: User) -> None:
    now = timezone.now()
    uid = next((UUID(one) for one in sorted(dossier.uids)), None)
    known = dict(dossier.addresses().exclude(address="").values_list("address_hash", "address"))
    clear = {key: (_channel_of(key, address), address) for key, address in known.items()}
    for channel, address in dossier.reached_at():
        if key := addresses.known_hash(channel, address):
            clear.setdefault(key, (channel, address))
    ledger.record(
        [
            Happening(
                event_id=f"erased:{key}:{now.timestamp()}",
                address=address,
                channel=channel,
                action="objection",
                received_at=now,
                occurred_at=now,
                customer_uid=uid,
                source_system=Source.DESK,
                source="erasure",
                method=ERASURE,
                actor=str(actor),
                spreads=False,
            )
            for key, (channel, address) in clear.items()
            if channel
        ]
    )


def _channel_of(key: str, address: str) -> str:
    """Of what the address with this hash is one; empty when it stands for a person or account."""
    if address.startswith((addresses.PERSON, addresses.ACCOUNT)):
        return ""
    channels = ("email", "phone", "post")
    return next((one for one in channels if addresses.known_hash(one, address) == key), "")


def _pseudonymise(dossier: Dossier) -> dict[str, int]:
    orders = list(dossier.orders().select_for_update().order_by("pk"))
    emails = sorted(email for email in dossier.emails if email)
    order_keys = [order.key for order in orders]
    return {
        "calls kept": dossier.exchanges().update(request_body="", response_body=""),
        "corrections": _corrections(dossier),
        "cases": _cases(dossier),
        "writes to Prima": _writes(dossier),
        "evidence": ConsentEvidence.objects.filter(event__in=dossier.events()).delete()[0],
        "messages kept": sum(
            Notification.objects.filter(body__icontains=email).update(
                body="", outcome=Left(F("outcome"), 250)
            )
            for email in emails
        )
        + Inbound.objects.filter(order_key__in=order_keys).update(body=""),
        "orders": _orders(orders),
        "proposals and differences": erasing.forget(
            sorted(dossier.contact_keys), sorted(dossier.accounts)
        ),
        "rows to Marketing Cloud": OutgoingRow.objects.filter(
            key__in=dossier.contact_keys, part__in=_ROWS_OF_PEOPLE
        ).delete()[0],
        "checks of campaigns": PreflightFinding.objects.filter(
            Q(subject__in=dossier.contact_keys) | Q(subject__in=emails)
        ).update(label="", message=ERASED, impersonal=ERASED, subject=ERASED, facts={}),
        "stock requests": StockRequest.objects.filter(
            contact_key__in=dossier.contact_keys
        ).update(email=""),
        "contacts": dossier.contacts().update(
            email="", first_name="", last_name="", company_name="", tax_number="", mobile="",
            postcode="", data={}, content_hash="",
        ),
        "accounts": dossier.customers().update(
            name=ERASED, email="", vat_number="", postcode="", data={}
        ),
        "customers": dossier.golden().update(name="", erased_at=timezone.now()),
        "addresses": dossier.addresses().update(address="", erased_at=timezone.now()),
    }  # fmt: skip


def _orders(orders: Sequence[Any]) -> int:
    for order in orders:
        order.payload = without_person(order.payload)
        order.email, order.customer_name = "", ERASED
        order.save(update_fields=["payload", "email", "customer_name"])
        booked = getattr(order, "prima_order", None)
        if booked is not None:
            booked.payload = without_person(booked.payload)
            booked.save(update_fields=["payload"])
    return len(orders)


def _cases(dossier: Dossier) -> int:
    """What was said of them and the facts stay, without the person in them."""
    values = _values(dossier)
    rows = list(dossier.occurrences())
    for row in rows:
        row.label, row.source_payload, row.target_payload = "", None, None
        row.message, row.facts = _without(row.message, values), _without_any(row.facts, values)
        row.case.facts = _without_any(row.case.facts, values)
        row.case.save(update_fields=["facts"])
    Occurrence.objects.bulk_update(
        rows, ["label", "source_payload", "target_payload", "message", "facts"], batch_size=500
    )
    return len(rows)


def _writes(dossier: Dossier) -> int:
    """What was asked of Prima about them, once it is done: the keys stay, every value goes."""
    cases = dossier.occurrences().values("case")
    rows = list(
        BulkJob.objects.filter(
            case__in=cases, finished_at__isnull=False, payload__has_key="request"
        )
    )
    about = [row for row in rows if _is_about(row.payload["request"], dossier)]
    for row in about:
        row.payload = {**row.payload, "request": _emptied(row.payload["request"])}
    BulkJob.objects.bulk_update(about, ["payload"], batch_size=500)
    return len(about)


def _is_about(request: Mapping[str, Any], dossier: Dossier) -> bool:
    keys = {str(request.get("contact", "")), str(request.get("account", ""))}
    return bool(keys & (dossier.contact_keys | dossier.accounts))


def _emptied(request: Mapping[str, Any]) -> dict[str, Any]:
    kept = {"contact", "orders", "use"}
    return {
        name: value
        if name in kept or (name == "account" and isinstance(value, str))
        else without_person(value, hide=True)
        for name, value in request.items()
    }


def _values(dossier: Dossier) -> list[str]:
    """What they are called and written to at, the longest first."""
    found = {*dossier.emails}
    found.update(dossier.customers().values_list("name", flat=True))
    found.update(dossier.orders().values_list("customer_name", flat=True))
    for first, last, company in dossier.contacts().values_list(
        "first_name", "last_name", "company_name"
    ):
        found.update((f"{first} {last}".strip(), company))
    return sorted((value for value in found if len(value) > 2), key=len, reverse=True)


def _without(words: str, values: Sequence[str]) -> str:
    for value in values:
        words = re.sub(re.escape(value), ERASED, words, flags=re.IGNORECASE)
    return words


def _without_any(facts: Mapping[str, Any], values: Sequence[str]) -> dict[str, Any]:
    return {name: _without(str(value), values) for name, value in facts.items()}


def _corrections(dossier: Dossier) -> int:
    rows = list(dossier.corrections())
    for row in rows:
        row.changes = {
            pointer: {"from": ERASED, "to": ERASED}
            if pointer.rpartition("/")[2] in PERSONAL
            else change
            for pointer, change in row.changes.items()
        }
        row.save(update_fields=["changes"])
    return len(rows)


def without_person(payload: Any, *, hide: bool = False) -> Any:
    """The payload with every personal value replaced; shape, amounts and codes stay."""
    if isinstance(payload, Mapping):
        return {
            key: without_person(value, hide=hide or key in PERSONAL or key.endswith("_address"))
            for key, value in payload.items()
        }
    if isinstance(payload, list):
        return [without_person(value, hide=hide) for value in payload]
    return ERASED if hide and payload not in (None, "") else payload
