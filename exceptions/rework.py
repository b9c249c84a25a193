"""Orders tried again or refused, many at a time, in the background."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet

from connectors.sync import items, runner
from connectors.sync.contacts.differences import CUSTOMER
from connectors.sync.contacts.following import CUSTOMERS
from connectors.sync.contacts.outcome import CONTACT
from connectors.sync.context import Progress
from connectors.sync.flow import ORDERS
from connectors.sync.models import SyncItem
from exceptions import intake, jobs
from exceptions.models import BulkJob, ExceptionCase, Occurrence
from exceptions.words import counted, listed
from integration.accounts.models import User
from integration.audit import trail
from integration.core.problems import Subject

SYSTEM, ORDER = "sfmc", "order"
"""How occurrences name a campaign order; contacts and leads are "contact"."""
State = SyncItem.State
_ALREADY = "It is in Prima already, or being sent just now, so it cannot be rejected."


def waiting_orders(*cases: ExceptionCase) -> list[str]:
    """The keys of the orders that wait behind the cases, most money first, each once."""
    rows = Occurrence.objects.filter(case__in=cases, object=ORDER, closed_at__isnull=True)
    keys = rows.order_by("-amount", "external_id").values_list("external_id", flat=True)
    return list(dict.fromkeys(keys))


def number_of_orders(cases: QuerySet[ExceptionCase]) -> int:
    """How many orders wait behind the cases: one behind several of them is one."""
    rows = Occurrence.objects.filter(case__in=cases, object=ORDER, closed_at__isnull=True)
    return rows.aggregate(orders=Count("external_id", distinct=True))["orders"] or 0


def waiting_contacts(*cases: ExceptionCase) -> list[str]:
    """The keys of the contacts that wait behind the cases, each once."""
    rows = Occurrence.objects.filter(
        case__in=cases, object__in=[CONTACT, CUSTOMER], closed_at__isnull=True
    )
    keys = rows.order_by("external_id").values_list("external_id", flat=True)
    return list(dict.fromkeys(keys))


def try_contacts_again(
    contacts: Sequence[str],
    *,
    because: str,
    action: str,
    actor: User | None,
    case: ExceptionCase | None = None,
) -> BulkJob:
    """As `try_again`, for contacts and leads."""
    title = f"Try {counted(len(contacts), 'contact')} again"
    if because:
        title = f"{title} after {because}"
    args = {"step": "contacts", "because": because}
    return jobs.begin(title, action, contacts, actor=actor, case=case, args=args)


def try_again(
    orders: Sequence[str],
    *,
    because: str,
    action: str,
    actor: User | None,
    case: ExceptionCase | None = None,
) -> BulkJob:
    """Works the orders off in the background, once the caller's transaction has committed.

    Contacts that wait behind the same case have the same cause: they are tried again as well.
    `because` goes with each order to the case it heals: "mapping SKU X → Y". The items are touched
    by the job alone: a person's step holds its case, the runner holds items and then asks for the
    case, and the two must never wait for each other.
    """
    contacts = waiting_contacts(case) if case else []
    if contacts:
        contacts_job = try_contacts_again(
            contacts, because=because, action=action, actor=actor, case=case
        )
        if not orders:
            return contacts_job
    title = f"Try {counted(len(orders), 'order')} again"
    if because:
        title = f"{title} after {because}"
    args = {"step": "orders", "because": because}
    return jobs.begin(title, action, orders, actor=actor, case=case, args=args)


def reject(
    orders: Sequence[str], reason: str, *, actor: User, case: ExceptionCase | None = None
) -> BulkJob:
    """Refuses the orders for good, each with the reason."""
    title = f"Reject {counted(len(orders), 'order')}: {reason}"
    args = {"step": "reject", "reason": reason}
    return jobs.begin(title, "reject_order", orders, actor=actor, case=case, args=args)


def orders_step(job: BulkJob, keys: Sequence[str]) -> list[jobs.Result]:
    """Sets the orders to wait and works them off now, telling the job how far it is.

    What a person rejected meanwhile stays rejected.
    """

    def watch(progress: Progress) -> None:
        jobs.show(job, progress.done)

    items.nudge(ORDERS, list(keys), job.payload.get("because", ""))
    started_by = str(job.actor) if job.actor else trail.SYSTEM
    run = runner.run(ORDERS, started_by=started_by, only=keys, watch=watch)
    if run is None:
        why = "Orders are switched off or paused at the moment. It goes on when they run again."
        return [_result(key, why) for key in keys]
    return _left(keys)


def contacts_step(job: BulkJob, keys: Sequence[str]) -> list[jobs.Result]:
    """As `orders_step`, for contacts."""
    items.nudge(CUSTOMERS, list(keys), job.payload.get("because", ""))
    started_by = str(job.actor) if job.actor else trail.SYSTEM
    run = runner.run(CUSTOMERS, started_by=started_by, only=keys)
    if run is None:
        why = "This sync is switched off in admin at the moment. It goes on when it is on again."
        return [{"record": key, "why": why} for key in keys]
    held = SyncItem.objects.filter(flow=CUSTOMERS, external_id__in=keys, state=State.HELD)
    return [
        {"record": key, "why": why or "It is held."}
        for key, why in held.values_list("external_id", "last_error")
    ]


def reject_step(job: BulkJob, keys: Sequence[str]) -> list[jobs.Result]:
    """Rejects each order in a transaction of its own."""
    if job.actor is None:
        return [_result(key, "Only a person can reject an order.") for key in keys]
    reason, actor = job.payload["reason"], job.actor
    return [_result(key, _ALREADY) for key in keys if not _reject_one(key, reason, actor)]


def _reject_one(key: str, reason: str, actor: User) -> bool:
    with transaction.atomic():
        if _is_rejected(key):
            return True
        if not items.reject(key, reason, actor):
            return False
        intake.close_records([Subject(SYSTEM, ORDER, key)], f"Rejected by {actor}: {reason}")
        trail.record("order rejected", actor=actor, label=key, order=key, reason=reason)
        return True


def _is_rejected(key: str) -> bool:
    """True when an earlier try of this job got as far as this order."""
    return SyncItem.objects.filter(flow=ORDERS, external_id=key, state=State.REJECTED).exists()


def _left(keys: Sequence[str]) -> list[jobs.Result]:
    """The orders that are not in Prima now, each with why."""
    states = dict(
        SyncItem.objects.filter(flow=ORDERS, external_id__in=keys)
        .exclude(state=State.SENT)
        .values_list("external_id", "state")
    )
    if not states:
        return []
    reasons: dict[str, list[str]] = {}
    wrong = Occurrence.objects.filter(
        object=ORDER, external_id__in=states, closed_at__isnull=True
    ).values_list("external_id", "case__title")
    for key, title in wrong:
        reasons.setdefault(key, []).append(str(title))
    return [_result(key, _why(state, reasons.get(key, []))) for key, state in states.items()]


def _why(state: str, titles: list[str]) -> str:
    if state in (State.REJECTED, State.CANCELLED):
        return f"The order was {State(state).label.lower()}."
    if titles:
        return f"{listed(titles)}."
    if state == State.HELD:
        return "It is held, but no case says why; open the order."
    return "It is still on its way and is tried again by itself."


def _result(key: str, why: str) -> dict[str, Any]:
    return {"record": key, "order": key, "why": why}
