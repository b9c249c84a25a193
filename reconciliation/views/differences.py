"""The list of differences and one difference: both sides, why not matched, history."""

from typing import Any

from django.db.models import QuerySet, Sum
from django.db.models.functions import Abs
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from integration.accounts.gate import person, requires
from integration.accounts.roles import May
from integration.core.personal import masked
from integration.core.templatetags.desk import iso_day
from integration.mirror.models import BookedOrder, CampaignOrder
from reconciliation import counterparts, limits, match
from reconciliation.control import Control, controls
from reconciliation.filters.differences import DifferenceFilter
from reconciliation.limits import Limits
from reconciliation.models import Difference
from reconciliation.tables.differences import COLUMNS, DifferenceTable, category_title
from reconciliation.telling import ASKED, subject_key
from reconciliation.views.listing import DeskList

_DAYS = frozenset(["booked_on", "paid_on"])
_PERSONAL = frozenset({"email"})


class DifferenceList(DeskList):
    """`/reconciliation/differences/`: filter in the URL, views of one's own, bulk proposals."""

    page = "differences"
    columns = COLUMNS
    body_template_name = "reconciliation/parts/differences_body.html"
    filterset_class = DifferenceFilter
    table_class = DifferenceTable
    title = "Differences"
    lede = "What two sides do not agree on. Each closes by itself when they do."
    empty_title = "Nothing differs here"
    empty_text = "No difference matches the filter. Closed ones are under “Any state”."

    def get_queryset(self) -> QuerySet[Difference]:
        return Difference.objects.all()

    def may_tick(self) -> bool:
        return person(self.request).may(May.RECONCILE)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["sums"] = _sums(self.object_list)
        context["may_reconcile"] = person(self.request).may(May.RECONCILE)
        return context


@requires(May.VIEW_RECONCILIATION)
def difference_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Both sides, what nearly matched, candidates, what people decided, and what to do."""
    user = person(request)
    difference = get_object_or_404(Difference, pk=pk)
    control = controls().get(difference.control)
    about = counterparts.of(difference)
    personal = user.may(May.SEE_PERSONAL_DATA)
    is_open = difference.closed_at is None
    context: dict[str, Any] = {
        "title": difference.title,
        "difference": difference,
        "control": control,
        "category": category_title(difference),
        "meaning": _meaning(control, difference),
        "sides": _sides(control, difference, personal=personal),
        "near_rule": match.title_of(difference.near_rule) if difference.near_rule else "",
        "about": about,
        "personal": personal,
        "events": difference.events.all(),
        "adjustments": difference.adjustments.all(),
        "kinds": limits.told(Limits.now(), difference.currency, difference.amount),
        "case": reverse("case-of", args=[difference.control, subject_key(difference.key)]),
        "question": f"difference {difference.pk}",
        "asked": any(event.action == ASKED for event in difference.events.all()),
        "orders": _orders(difference),
        "may_reconcile": user.may(May.RECONCILE) and is_open,
        "find": request.GET.get("find", "").replace("\x00", "").strip()[:120],
    }
    if is_open and about.matchable:
        context.update(_matchable(about, context["find"]))
    return render(request, "reconciliation/difference.html", context)


def _matchable(about: counterparts.Counterparts, find: str) -> dict[str, Any]:
    one = about.line or about.document
    company = one.company if one else "main"
    if about.document is not None:
        near = counterparts.lines_for(about.document)
        return {
            "near_lines": near,
            "found_lines": counterparts.search_lines(find, company) if find else [],
            "found_documents": counterparts.search_documents(find, company) if find else [],
        }
    return {
        "candidates": counterparts.candidates_for(about.line) if about.line else [],
        "found_lines": counterparts.search_lines(find, company) if find else [],
        "found_documents": counterparts.search_documents(find, company) if find else [],
    }


def _sums(found: QuerySet[Difference]) -> list[tuple[str, int]]:
    rows = found.order_by("currency").values_list("currency").annotate(total=Sum(Abs("amount")))
    return list(rows)


def _meaning(control: Control | None, difference: Difference) -> str:
    found = {one.slug: one.meaning for one in control.categories} if control else {}
    return found.get(difference.category, "")


def _sides(
    control: Control | None, difference: Difference, *, personal: bool
) -> list[tuple[str, str, str, bool]]:
    """Label, left, right and whether it differs, in the order of the control's words."""
    words = dict(control.words) if control else {}
    names = [*words, *sorted({*difference.left, *difference.right} - set(words))]
    rows = []
    for name in names:
        left, right = (
            _value(name, side.get(name), personal=personal)
            for side in (difference.left, difference.right)
        )
        if left or right:
            rows.append((words.get(name, name), left, right, name in difference.fields))
    return rows


def _value(name: str, value: Any, *, personal: bool) -> str:
    text = "" if value is None else str(value)
    if name in _DAYS:
        return iso_day(text)
    return masked(text) if text and not personal and name in _PERSONAL else text


def _orders(difference: Difference) -> list[str]:
    """Campaign orders that the difference is about, to open their pages."""
    if difference.control == "order_to_prima":
        keys = [difference.key]
    elif difference.control == "prima_to_documents":
        booked = BookedOrder.objects.filter(order_number=difference.key)
        keys = list(booked.values_list("external_ref", flat=True))
    else:
        keys = [
            str(side["reference"])
            for side in (difference.left, difference.right)
            if side.get("reference")
        ]
    return list(CampaignOrder.objects.filter(key__in=keys).values_list("key", flat=True))
