"""Filters of a list that a person keeps under a name, for this person alone."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from integration.accounts.gate import person, requires
from integration.accounts.roles import May
from reconciliation.models import SavedView

LISTS = (
    "differences", "matches", "payouts", "payout-lines", "bank-lines", "payout-files", "adjustments",
    "periods",
)  # fmt: skip
_MOST = 2_000


@require_POST
@requires(May.VIEW_RECONCILIATION)
def save_view(request: HttpRequest) -> HttpResponse:
    """The same name again replaces it."""
    page = request.POST.get("page", "")
    if page not in LISTS:
        raise Http404("There is no such list.")
    name = request.POST.get("name", "").strip().replace("\x00", "")[:80]
    query = request.POST.get("query", "").replace("\x00", "")[:_MOST]
    if not name:
        messages.warning(request, "Give the view a name.")
    else:
        SavedView.objects.update_or_create(
            owner=person(request), page=page, name=name, defaults={"query": query}
        )
        messages.success(request, f"Kept as “{name}”.")
    return redirect_to_list(page, query)


@require_POST
@requires(May.VIEW_RECONCILIATION)
def delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView, pk=pk, owner=person(request))
    page = view.page
    view.delete()
    messages.success(request, "The view is gone; what it showed is not.")
    return redirect_to_list(page if page in LISTS else "differences")


def redirect_to_list(page: str, query: str = "") -> HttpResponse:
    response = redirect(page)
    if query:
        response["Location"] += f"?{query}".replace("\r", "").replace("\n", "")
    return response
