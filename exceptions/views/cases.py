"""The list of cases, of all queues or of one."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from exceptions import exports
from exceptions.action import actions
from exceptions.filters.cases import CaseFilter
from exceptions.kind import kinds
from exceptions.models import ExceptionCase
from exceptions.tables.cases import CaseTable
from integration.accounts.gate import Gated, person
from integration.accounts.roles import May
from integration.core.pages import ListPage
from integration.exports import as_listed


class CaseList(Gated, ListPage):
    """`/cases/` and `/queues/<kind>/`: filter in the URL, bulk actions over the filter."""

    needs = (May.VIEW_CASES,)
    template_name = "exceptions/cases.html"
    body_template = "exceptions/parts/cases_body.html"
    filterset_class = CaseFilter
    table_class = CaseTable
    title = "Exceptions"
    lede = (
        "Everything that stopped a record, one row a cause; within each currency, most money first."
    )
    empty_title = "Nothing is waiting here"
    empty_text = "No case matches the filter. Cases that were put right are under “Any state”."

    def get_queryset(self) -> QuerySet[ExceptionCase]:
        found = ExceptionCase.objects.select_related("assignee")
        if slug := self.kwargs.get("kind"):
            if slug not in kinds():
                raise Http404("There is no such queue.")
            found = found.filter(kind=slug)
        return found

    def get_table_kwargs(self) -> dict[str, Any]:
        given = super().get_table_kwargs()
        if self.kwargs.get("kind"):
            given["exclude"] = (*given.get("exclude", ()), "kind")
        return {**given, "personal": person(self.request).may(May.SEE_PERSONAL_DATA)}

    def get_filterset(self, filterset_class: type[Any]) -> Any:
        """Within a queue there is no other queue to choose."""
        filterset = super().get_filterset(filterset_class)
        if self.kwargs.get("kind"):
            filterset.form.fields.pop("kind")
        return filterset

    def may_tick(self) -> bool:
        return person(self.request).may(May.WORK_CASES)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = request.GET.get("export", "")
        if form in self.exports:
            found = self.get_filterset(self.filterset_class).qs.select_related("assignee")
            table = self.table_of(found)
            return as_listed(table, exports.CASES, "cases", form=form, user=person(request))
        response: HttpResponseBase = super().get(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        user = person(self.request)
        kind = kinds().get(self.kwargs.get("kind", ""))
        if kind:
            context.update(
                title=kind.plural,
                lede=kind.meaning,
                kind=kind,
                manual=reverse("manual-page", args=[f"kinds/{kind.slug}"]),
            )
        context["bulk_actions"] = [
            action
            for action in actions().values()
            if action.bulk
            and user.may(action.permission)
            and (kind is None or action.slug in kind.actions)
        ]
        context["matching"] = context["table"].page.paginator.count
        context["filter_query"] = self.filter_query(kind.slug if kind else "")
        return context

    def filter_query(self, kind: str) -> str:
        """What the list is narrowed to, for an action on all of it."""
        params = self.request.GET.copy()
        for name in ("page", "sort", "export", "pk"):
            params.pop(name, None)
        if kind:
            params["kind"] = kind
        return str(params.urlencode())
