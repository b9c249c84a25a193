"""Two customers that are one: the preview, the merger, and taking it back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from exceptions.customers import decisions, reads, sides
from exceptions.problems import Refused
from integration.accounts.gate import person, requires
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.identity import merging
from integration.identity.models import Customer, CustomerLink, Merger


@requires(May.KEEP_CUSTOMERS)
def merge(request: HttpRequest, uid: UUID) -> HttpResponse:
    """First the other one, then both field by field, then the merger."""
    kept = get_object_or_404(Customer, pk=uid)
    asked = request.POST.get("other") or request.GET.get("other", "")
    text = asked.replace("\x00", "").strip()[:250]
    other = decisions.found_by(text)
    if request.method == "POST" and other is not None:
        try:
            merger = decisions.merge(
                kept,
                other,
                actor=person(request),
                reason=request.POST.get("reason", ""),
                despite_numbers="despite_numbers" in request.POST,
            )
        except Refused as refusal:
            messages.warning(request, refusal.message)
            return _page(request, kept, other, text, status=422)
        messages.success(request, f"Merged. {_gone(merger, request)} leads here from now on.")
        return redirect("customer", uid=kept.pk)
    return _page(request, kept, other, text)


@require_POST
@requires(May.KEEP_CUSTOMERS)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Both customers have the keys they had before."""
    merger = get_object_or_404(Merger.objects.select_related("kept", "gone"), pk=pk)
    try:
        decisions.undo(merger, actor=person(request), reason=request.POST.get("reason", ""))
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, _apart(merger))
    return redirect("customer", uid=merger.kept_id)


def _apart(merger: Merger) -> str:
    told = "Taken apart. Each has exactly the keys it had before."
    channels = dict(reads.mergers(merger.kept)).get(merger, [])
    return f"{told} A restriction of marketing stays until they say yes anew." if channels else told


def _gone(merger: Merger, request: HttpRequest) -> str:
    return merger.gone.called(personal=person(request).may(May.SEE_PERSONAL_DATA))


def _page(
    request: HttpRequest, kept: Customer, other: Customer | None, text: str, *, status: int = 200
) -> HttpResponse:
    user = person(request)
    context: dict[str, Any] = {
        "title": "Merge two customers",
        "kept": kept,
        "other": other,
        "asked": text,
        "given_reason": request.POST.get("reason", ""),
        "personal": user.may(May.SEE_PERSONAL_DATA),
    }
    if other is not None:
        context.update(_preview(kept, other, user))
    return render(request, "customers/merge.html", context, status=status)


def _preview(kept: Customer, other: Customer, user: User) -> dict[str, Any]:
    personal = user.may(May.SEE_PERSONAL_DATA)
    ours, theirs = _links(kept), _links(other)
    mine, its = reads.known(ours), reads.known(theirs)
    statuses = [row.status for row in (*mine.contacts, *its.contacts) if row.status]
    return {
        "why_not": merging.why_not(kept, other),
        "numbers": decisions.two_numbers(kept, other),
        "accounts": sides.compared(mine.account, its.account, personal=personal),
        "contacts": sides.compared(mine.contact, its.contact, personal=personal),
        "kept_links": ours,
        "other_links": theirs,
        "kept_orders": reads.orders(ours).count(),
        "other_orders": reads.orders(theirs).count(),
        "account": mine.account or its.account,
        "statuses": statuses,
        "is_restricted": any(status != "Active" for status in statuses),
    }


def _links(customer: Customer) -> list[CustomerLink]:
    return list(customer.links.exclude(state="retired").order_by("system", "state", "key"))
