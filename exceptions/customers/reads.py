"""What the pages of customers read: by any key, both sides together, what waits."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Concat, Trim, Upper

from connectors.sync.identity.ladder import STEPS
from connectors.sync.identity.likeness import HIGH
from integration.consent.merging import MERGER
from integration.consent.models import ConsentEvent
from integration.identity.models import (
    Candidate,
    Customer,
    CustomerLink,
    Distinction,
    LinkOutcome,
    Merger,
)
from integration.mirror.models import CampaignOrder, Contact, PrimaCustomer, PrimaOrder
from integration.ownership.models import Drift, Proposal

__all__ = ["HIGH", "Known", "customers", "known", "orders", "step_choices", "uids", "waiting"]
Row = TypeVar("Row", Candidate, LinkOutcome)
MOST_FOUND = 500
MOST_ORDERS = 20


def step_choices() -> list[tuple[str, str]]:
    return [(step, words) for step, words in STEPS.items() if step not in ("link", "score")]


def customers() -> QuerySet[Customer]:
    """All, each with the key that is written to and its account."""

    def key(system: str) -> Subquery:
        rows = CustomerLink.objects.filter(
            customer=OuterRef("pk"), system=system, state=CustomerLink.State.ACTIVE
        )
        return Subquery(rows.values("key")[:1])

    return Customer.objects.annotate(contact_key=key("sfmc"), account_code=key("prima"))


def uids(text: str) -> set[UUID]:
    """Customers by their durable key, any key they ever had, an e-mail address or a name."""
    text = text.replace("\x00", "").strip()
    contacts = Contact.objects.annotate(upper=Upper("email")).filter(upper=text.upper())
    accounts = PrimaCustomer.objects.annotate(upper=Upper("email")).filter(upper=text.upper())
    names = [*contacts.values_list("key", flat=True)[:MOST_FOUND]]
    codes = [*accounts.values_list("account_code", flat=True)[:MOST_FOUND]]
    links = CustomerLink.objects.annotate(upper=Upper("key")).filter(
        Q(upper=text.upper())
        | Q(system="sfmc", upper__in=[key.upper() for key in names])
        | Q(system="prima", upper__in=[code.upper() for code in codes])
    )
    found = set(links.values_list("customer_id", flat=True)[:MOST_FOUND])
    found |= set(
        Customer.objects.filter(name__icontains=text).values_list("pk", flat=True)[:MOST_FOUND]
    )
    with contextlib.suppress(ValueError):
        found.add(UUID(text))
    return found


@dataclass(frozen=True, slots=True)
class Known:
    """What the mirrors hold for a customer's keys; the active one first."""

    contacts: list[Contact]
    accounts: list[PrimaCustomer]

    @property
    def contact(self) -> Contact | None:
        return self.contacts[0] if self.contacts else None

    @property
    def account(self) -> PrimaCustomer | None:
        return self.accounts[0] if self.accounts else None


def known(links: Iterable[CustomerLink]) -> Known:
    """In two queries, in the order of the links."""
    used = [link for link in links if link.state != CustomerLink.State.RETIRED]
    used.sort(key=lambda link: (link.state != CustomerLink.State.ACTIVE, link.key))
    contact_keys = [link.key.upper() for link in used if link.system == "sfmc"]
    codes = [link.key.upper() for link in used if link.system == "prima"]
    contacts = Contact.objects.annotate(upper=Upper("key")).filter(upper__in=contact_keys)
    accounts = PrimaCustomer.objects.annotate(upper=Upper("account_code")).filter(upper__in=codes)
    by_key = {row.key.upper(): row for row in contacts}
    by_code = {row.account_code.upper(): row for row in accounts}
    return Known(
        [by_key[key] for key in contact_keys if key in by_key],
        [by_code[code] for code in codes if code in by_code],
    )


def orders(links: Iterable[CustomerLink]) -> QuerySet[CampaignOrder]:
    """Orders of the customer's contacts, and those booked on their accounts, newest first."""
    rows = list(links)
    contact_keys = [link.key for link in rows if link.system == "sfmc" and link.state != "retired"]
    codes = [link.key for link in rows if link.system == "prima" and link.state != "retired"]
    booked = PrimaOrder.objects.order_by().filter(account_code__in=codes)
    placed = CampaignOrder.objects.order_by().filter(contact_key__in=contact_keys)
    either = placed.exclude(contact_key="").values("pk").union(booked.values("campaign_order_id"))
    return (
        CampaignOrder.objects.select_related("prima_order")
        .filter(pk__in=either)
        .order_by("-ordered_at", "key")
    )


def mergers(customer: Customer) -> list[tuple[Merger, list[str]]]:
    """Those the customer was kept in, newest first, and those taken apart in which they had gone.

    Each with the channels in which a no of either came to hold for the kept one, where it stays
    when the two are taken apart.
    """
    rows = list(
        Merger.objects.filter(Q(kept=customer) | Q(gone=customer, undone_at__isnull=False))
        .select_related("kept", "gone")
        .order_by("-merged_at")
    )
    carried = ConsentEvent.objects.filter(
        source=MERGER,
        customer_uid__in=[row.kept_id for row in rows],
        source_ref__in=[str(row.gone_id) for row in rows],
    ).order_by("channel")
    channels: dict[tuple[UUID | None, str], list[str]] = {}
    for event in carried if rows else ():
        known = channels.setdefault((event.customer_uid, event.source_ref), [])
        if event.get_channel_display() not in known:
            known.append(event.get_channel_display())
    return [(row, channels.get((row.kept_id, str(row.gone_id)), [])) for row in rows]


def waiting() -> QuerySet[Candidate]:
    """Links to review, best first; those of one contact together."""
    return Candidate.objects.filter(state=Candidate.State.OPEN).order_by("-score", "pk")


def named(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Rows with a contact key and an account code, each with `contact_name`, `contact_email`, `account_name` and `account_email`, or None."""
    person = Concat("first_name", Value(" "), "last_name")
    contacts = Contact.objects.filter(key=OuterRef("contact_key")).annotate(
        shown=Trim(Case(When(company_name="", then=person), default="company_name"))
    )
    accounts = PrimaCustomer.objects.filter(account_code=OuterRef("account_code"))
    return rows.annotate(
        contact_name=Subquery(contacts.values("shown")[:1]),
        contact_email=Subquery(contacts.values("email")[:1]),
        account_name=Subquery(accounts.values("name")[:1]),
        account_email=Subquery(accounts.values("email")[:1]),
    )


def review_count() -> int:
    return Candidate.objects.filter(state=Candidate.State.OPEN).count()


def tab_counts() -> dict[str, int]:
    """How many rows each list of customers opens with, in one query. Empty lists are left out."""
    lists: dict[str, QuerySet[Any]] = {
        "customers": Customer.objects.filter(merged_into__isnull=True),
        "review": Candidate.objects.filter(state=Candidate.State.OPEN),
        "apart": Distinction.objects.filter(withdrawn_at__isnull=True),
        "proposals": Proposal.objects.filter(state=Proposal.State.OPEN),
        "drift": Drift.objects.filter(healed_at__isnull=True),
    }
    counted = [
        rows.order_by().annotate(list=Value(name)).values_list("list").annotate(number=Count("pk"))
        for name, rows in lists.items()
    ]
    return dict(counted[0].union(*counted[1:], all=True))
