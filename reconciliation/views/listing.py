"""What the lists of reconciliation share: exports, views of one's own, the way to the others."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django_filters import FilterSet

from integration.accounts.gate import Gated, person
from integration.accounts.roles import May
from integration.core.pages import ListPage
from integration.exports import Column, as_listed
from reconciliation.models import SavedView


class DeskList(Gated, ListPage):
    """`page` is the name of its address; saved views are kept under it."""

    needs = (May.VIEW_RECONCILIATION,)
    template_name = "reconciliation/list.html"
    body_template_name: ClassVar[str] = "reconciliation/parts/list_body.html"
    page: ClassVar[str]
    columns: ClassVar[tuple[Column[Any], ...]]

    def get_template_names(self) -> list[str]:
        names = super().get_template_names()
        return [self.body_template_name] if names == ["tables/list_body.html"] else names

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        """Without a query, too, the filter says what is left out."""
        return {**super().get_filterset_kwargs(filterset_class), "data": self.request.GET}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = request.GET.get("export", "")
        if form in self.exports:
            found = self.get_filterset(self.filterset_class).qs
            table = self.table_of(found)
            return as_listed(table, self.columns, self.page, form=form, user=person(request))
        response: HttpResponseBase = super().get(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context.update(
            body=self.body_template_name,
            here=self.page,
            views=SavedView.objects.filter(owner=person(self.request), page=self.page),
            query=narrowing(self.request),
        )
        return context


def narrowing(request: HttpRequest) -> str:
    """The filter and order of a list as a query, without the page that is shown."""
    asked = request.GET.copy()
    for name in ("page", "export"):
        asked.pop(name, None)
    return asked.urlencode()


MOST_AT_ONCE = 500
"""As many rows one step may be taken for."""


def chosen(request: HttpRequest, found: QuerySet[Any], filter_class: type[FilterSet]) -> list[Any]:
    """The ticked rows; with `whole` those that the filter of the list finds. Never too many."""
    if request.POST.get("whole"):
        asked = QueryDict(request.POST.get("query", "")[:2_000])
        return list(filter_class(asked, found, request=request).qs[:MOST_AT_ONCE])
    ticked = [int(pk) for pk in request.POST.getlist("pk") if pk.isascii() and pk.isdecimal()]
    return list(found.filter(pk__in=ticked[:MOST_AT_ONCE]))
