"""What every page shares: the navigation a person may use, and the list page."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, cast

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.module_loading import import_string
from django_filters.views import FilterView
from django_tables2 import RequestConfig, SingleTableMixin

from integration.core.tables import Paged


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Entries of settings.NAVIGATION that this person may open, with counts where one is named.

    An entry has label, url, current and count; a menu has label, current and its `entries`.
    """
    user = getattr(request, "user", None)
    is_at_the_door = getattr(request, "is_at_the_door", False)
    if user is None or not user.is_authenticated or is_at_the_door:
        return {"navigation": []}
    entries = [
        _entry(request, entry)
        for entry in settings.NAVIGATION
        if not entry.get("permission") or user.may(entry["permission"])
    ]
    # Of two addresses that the page lies under, the nearer one is where one is.
    nearest = max((len(entry["url"]) for entry in entries if entry["current"]), default=0)
    for entry in entries:
        entry["current"] = entry["current"] and len(entry["url"]) == nearest
    return {"navigation": _folded(entries)}


def _entry(request: HttpRequest, entry: Mapping[str, str]) -> dict[str, Any]:
    url = reverse(entry["view"])
    here = request.path == url or (url != "/" and request.path.startswith(url))
    counter = entry.get("count")
    count = cast(Callable[[], int], import_string(counter))() if counter else 0
    return {
        "label": entry["label"],
        "url": url,
        "current": here,
        "count": count,
        "group": entry.get("group", ""),
    }


def _folded(entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each group as one menu where its first entry stands; a group of one stays an entry."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        groups.setdefault(entry["group"] or entry["url"], []).append(entry)
    return [
        members[0]
        if len(members) == 1
        else {"label": name, "entries": members, "current": any(one["current"] for one in members)}
        for name, members in groups.items()
    ]


class ListPage(SingleTableMixin, FilterView):
    """A filterable, sortable, paged list with its filter in the URL and an empty state."""

    template_name = "tables/list.html"
    title: ClassVar[str]
    lede: ClassVar[str] = ""
    empty_title: ClassVar[str] = "Nothing here"
    empty_text: ClassVar[str] = "Nothing matches the filter."
    exports: ClassVar[Sequence[str]] = ("csv", "xlsx")
    table_pagination = {"per_page": 50}

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        """The filter is in force without anything asked, too: it has its own defaults."""
        return {**super().get_filterset_kwargs(filterset_class), "data": self.request.GET}

    def get_table_data(self) -> Paged:
        return Paged(super().get_table_data())

    def may_tick(self) -> bool:
        """Whether the reader may do anything with ticked rows; the boxes are left out otherwise."""
        return True

    def get_table_kwargs(self) -> dict[str, Any]:
        return {} if self.may_tick() else {"exclude": ("tick",)}

    def table_of(self, found: QuerySet[Any]) -> Any:
        """All of these rows in the order of the page, without pages; for exports."""
        table = self.get_table_class()(data=found, **self.get_table_kwargs())
        return RequestConfig(self.request, paginate=False).configure(table)

    def get_template_names(self) -> list[str]:
        """Only the table for htmx, the whole page otherwise."""
        if self.request.htmx and not self.request.htmx.boosted:
            return ["tables/list_body.html"]
        return [self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context.update(
            title=self.title,
            lede=self.lede,
            empty_title=self.empty_title,
            empty_text=self.empty_text,
            exports=self.exports,
        )
        if context.get("filter") is not None:
            context["filter"].form.label_suffix = ""
        return context
