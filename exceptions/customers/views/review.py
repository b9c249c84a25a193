"""Links to review: the list, one pair after the other side by side, and decisions in bulk."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from exceptions.customers import decisions, reads, sides
from exceptions.customers.filters import CandidateFilter
from exceptions.customers.tables import CANDIDATES, CandidateTable
from exceptions.problems import Refused
from integration.accounts.gate import Gated, person, requires
from integration.accounts.roles import May
from integration.core.pages import ListPage
from integration.exports import answer
from integration.identity.models import Candidate
from integration.mirror.models import Contact, PrimaCustomer

MOST_AT_ONCE = 500


class CandidateList(Gated, ListPage):
    """`/customers/review/`: pairs that may be one customer."""

    needs = (May.VIEW_CUSTOMERS,)
    template_name = "customers/candidates.html"
    filterset_class = CandidateFilter
    table_class = CandidateTable
    title = "Links to review"
    lede = (
        "Contacts and accounts that may be one customer. Nothing is linked until somebody says so."
    )
    empty_title = "Nothing to review"
    empty_text = "No pair waits for a decision, or none matches the filter."

    def get_queryset(self) -> QuerySet[Candidate]:
        return reads.named(Candidate.objects.all())

    def may_tick(self) -> bool:
        return person(self.request).may(May.LINK_CUSTOMERS)

    def get_table_kwargs(self) -> dict[str, Any]:
        personal = person(self.request).may(May.SEE_PERSONAL_DATA)
        return {**super().get_table_kwargs(), "personal": personal}

    def get_template_names(self) -> list[str]:
        names = super().get_template_names()
        return (
            ["customers/parts/candidates_body.html"] if names[0].endswith("_body.html") else names
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        asked = self.request.GET.copy()
        for name in ("page", "export"):
            asked.pop(name, None)
        context.update(
            waiting=reads.review_count(),
            query=asked.urlencode(),
            may_link=person(self.request).may(May.LINK_CUSTOMERS),
        )
        return context

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = request.GET.get("export", "")
        if form in self.exports:
            found = self.get_filterset(self.filterset_class).qs
            return answer(found, CANDIDATES, "links-to-review", form=form, user=person(request))
        response: HttpResponseBase = super().get(request, *args, **kwargs)
        return response


@requires(May.VIEW_CUSTOMERS)
def review(request: HttpRequest) -> HttpResponse:
    """One pair, both sides; the others are a key away."""
    user = person(request)
    at = request.GET.get("at", "")
    rows = reads.waiting()
    chosen = rows.filter(pk=int(at)).first() if at.isdecimal() else None
    row = chosen or rows.first()
    context: dict[str, Any] = {
        "title": "Review links",
        "total": rows.count(),
        "row": row,
        "may_link": user.may(May.LINK_CUSTOMERS),
        "personal": user.may(May.SEE_PERSONAL_DATA),
    }
    if at.isdecimal() and chosen is None and row is not None:
        messages.info(request, "That one is decided already. Here is the next.")
    if row is not None:
        context.update(_about(row, personal=context["personal"]))
    return render(request, "customers/review.html", context)


@require_POST
@requires(May.LINK_CUSTOMERS)
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """The same customer: linked, and on to the next pair."""
    return _decide(request, pk, same=True)


@require_POST
@requires(May.LINK_CUSTOMERS)
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    """Not the same customer: remembered, and on to the next pair."""
    return _decide(request, pk, same=False)


@require_POST
@requires(May.LINK_CUSTOMERS)
def bulk(request: HttpRequest) -> HttpResponse:
    """Accepts or rejects the ticked pairs, each by itself; each that was not says why."""
    ticked = [int(pk) for pk in request.POST.getlist("pk") if pk.isdecimal()][:MOST_AT_ONCE]
    same, left = request.POST.get("decision") == "same", list[tuple[Candidate, str]]()
    found = list(Candidate.objects.filter(pk__in=ticked).order_by("-score", "pk"))
    for row in found:
        try:
            _one(request, row, same=same)
        except Refused as refusal:
            left.append((row, refusal.message))
    if not found:
        messages.warning(request, "Tick the pairs first.")
    elif len(found) > len(left):
        done = "Linked" if same else "Remembered as not the same"
        messages.success(request, f"{done}: {len(found) - len(left)}.")
    for row, why in left[:20]:
        messages.warning(request, f"{row}: {why}")
    response = redirect("link-reviews")
    if query := request.POST.get("query", ""):
        response["Location"] += f"?{query}".replace("\r", "").replace("\n", "")
    return response


def _decide(request: HttpRequest, pk: int, *, same: bool) -> HttpResponse:
    row = get_object_or_404(Candidate, pk=pk)
    following = _after(row)
    try:
        _one(request, row, same=same)
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        done = "one customer now" if same else "two customers; that is remembered"
        messages.success(
            request, f"Contact {row.contact_key} and account {row.account_code}: {done}."
        )
    url = reverse("link-review")
    return redirect(f"{url}?at={following}" if following else url)


def _one(request: HttpRequest, row: Candidate, *, same: bool) -> None:
    reason = request.POST.get("reason", "").replace("\x00", "").strip()[:200]
    if same:
        decisions.accept(row, actor=person(request), reason=reason)
    else:
        decisions.reject(row, actor=person(request), reason=reason)


def _about(row: Candidate, *, personal: bool) -> dict[str, Any]:
    contact = Contact.objects.filter(key=row.contact_key).first()
    account = PrimaCustomer.objects.filter(account_code=row.account_code).first()
    others = reads.waiting().filter(contact_key=row.contact_key).exclude(pk=row.pk)
    return {
        "lines": sides.lines(contact, account, personal=personal),
        "others": others,
        "previous": _before(row),
        "next": _after(row),
        "is_likely": row.score >= reads.HIGH,
    }


def _after(row: Candidate) -> int | None:
    """The next in the queue: best first, then in the order in which they were found."""
    later = reads.waiting().filter(score=row.score, pk__gt=row.pk) | reads.waiting().filter(
        score__lt=row.score
    )
    return later.values_list("pk", flat=True).first()


def _before(row: Candidate) -> int | None:
    earlier = reads.waiting().filter(score=row.score, pk__lt=row.pk) | reads.waiting().filter(
        score__gt=row.score
    )
    return earlier.order_by("score", "-pk").values_list("pk", flat=True).first()
