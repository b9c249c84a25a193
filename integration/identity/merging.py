"""Makes two customers one, and apart again exactly as they were.

The links of the one that goes are retired, and the kept customer gets them as aliases, so that
every key still resolves. Orders keep the account they were booked on.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from integration.accounts.models import User
from integration.audit import trail
from integration.identity import distinctions
from integration.identity.keys import ALIAS, RETIRED
from integration.identity.models import Customer, CustomerLink, Merger


class NotMergeable(Exception):
    """The customers cannot be merged, or not taken apart; `message` says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def why_not(kept: Customer, gone: Customer) -> str:
    """Why the two cannot be merged, in words; empty when they can."""
    if kept == gone:
        return "That is the same customer."
    for one, which in ((kept, "This"), (gone, "The other")):
        if one.merged_into_id is not None:
            return f"{which} customer was merged into another one already."
        if one.erased_at is not None:
            return f"{which} customer was erased."
    decision = distinctions.are_apart(_keys(kept), _keys(gone))
    if decision is not None:
        return (
            f"{decision.decided_by} decided on {timezone.localtime(decision.decided_at):%-d %B %Y} "
            "that they are not the same. Take that back first if it was wrong."
        )
    return ""


def merge(kept: Customer, gone: Customer, *, actor: User, reason: str) -> Merger:
    """`gone` becomes `kept`. Raises NotMergeable, in words."""
    words = reason.strip()[:250]
    if not words:
        raise NotMergeable("Say how you know that they are the same.")
    with transaction.atomic():
        first, second = _locked(kept, gone)
        if why := why_not(first, second):
            raise NotMergeable(why)
        snapshot: dict[str, Any] = {"kept": _as_they_are(first), "gone": _as_they_are(second)}
        now = timezone.now()
        given = [_handed_over(link, first, str(actor), now) for link in _open_links(second)]
        snapshot["made"] = [link.pk for link in given]
        second.merged_into, second.merged_at = first, now
        second.save(update_fields=["merged_into", "merged_at"])
        merger = Merger.objects.create(
            kept=first,
            gone=second,
            snapshot=snapshot,
            reason=words,
            merged_by=str(actor)[:150],
            merged_at=now,
        )
        trail.record(
            "customers merged", actor=actor, target=first, gone=str(second), reason=words,
            keys=[str(link) for link in given],
        )  # fmt: skip
    return merger


def undo(merger: Merger, *, actor: User, reason: str) -> None:
    """Both customers have exactly the links they had. Raises NotMergeable when one has changed
    hands since.
    """
    words = reason.strip()[:250]
    if not words:
        raise NotMergeable("Say why they are not the same.")
    with transaction.atomic():
        row = Merger.objects.select_for_update().get(pk=merger.pk)
        if row.undone_at is not None:
            raise NotMergeable(f"{row.undone_by} took them apart already.")
        kept, gone = _locked(row.kept, row.gone)
        if kept.merged_into_id is not None:
            raise NotMergeable(
                "This customer was merged into another one since. Take that apart first."
            )
        _give_back(row, gone)
        gone.merged_into = gone.merged_at = None
        gone.save(update_fields=["merged_into", "merged_at"])
        row.undone_by, row.undone_at, row.undone_why = str(actor)[:150], timezone.now(), words
        row.save(update_fields=["undone_by", "undone_at", "undone_why"])
        trail.record(
            "customers taken apart",
            actor=actor,
            target=kept,
            gone=str(gone),
            reason=words,
        )


def _give_back(row: Merger, gone: Customer) -> None:
    made = list(
        CustomerLink.objects.select_for_update().filter(pk__in=row.snapshot["made"]).order_by("pk")
    )
    moved = [link for link in made if link.customer_id != row.kept_id or link.state != ALIAS]
    if moved:
        raise NotMergeable(
            f"{moved[0]} was linked elsewhere or taken back since. Put that right first; then the "
            "two can be taken apart."
        )
    # Never handed out before, so nothing but the merger knows of them; a trace would only confuse.
    CustomerLink.objects.filter(pk__in=[link.pk for link in made]).delete()
    for was in row.snapshot["gone"]:
        CustomerLink.objects.filter(pk=was["pk"], customer=gone).update(
            state=was["state"], retired_by=was["retired_by"], retired_at=was["retired_at"]
        )


def _handed_over(link: CustomerLink, kept: Customer, actor: str, now: Any) -> CustomerLink:
    """The key at the kept customer; the old row is retired and stays for the record."""
    link.state, link.retired_by, link.retired_at = RETIRED, actor[:150], now
    link.save(update_fields=["state", "retired_by", "retired_at"])
    return CustomerLink.objects.create(
        customer=kept,
        system=link.system,
        company=link.company,
        key=link.key,
        state=ALIAS,
        method="merged",
        evidence={"link": link.pk, **link.evidence},
        linked_by=actor[:150],
    )


def _open_links(customer: Customer) -> Sequence[CustomerLink]:
    return list(customer.links.exclude(state=RETIRED).select_for_update().order_by("pk"))


def _as_they_are(customer: Customer) -> list[dict[str, Any]]:
    """The links in use, with what an undo has to restore."""
    return [
        {
            "pk": link.pk,
            "system": link.system,
            "company": link.company,
            "key": link.key,
            "state": link.state,
            "retired_by": link.retired_by,
            "retired_at": None,
        }
        for link in _open_links(customer)
    ]


def _keys(customer: Customer) -> list[tuple[str, str]]:
    return list(customer.links.exclude(state=RETIRED).values_list("system", "key"))


def _locked(one: Customer, other: Customer) -> tuple[Customer, Customer]:
    """Both rows locked, in one order for everybody."""
    rows = {
        row.pk: row
        for row in Customer.objects.select_for_update()
        .filter(pk__in=[one.pk, other.pk])
        .order_by("pk")
    }
    return rows[one.pk], rows[other.pk]
