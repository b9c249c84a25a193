"""Admin pages whose every change is in the audit trail, with what it was before and after."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from integration.accounts.gate import person
from integration.audit.models import AuditEntry
from integration.audit.trail import plain, record

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = admin.ModelAdmin

SECRETS = "(a secret)"


def values(row: models.Model, hidden: tuple[str, ...] = ()) -> dict[str, Any]:
    """The row's own fields as the trail keeps them; hidden ones only say that they are set."""
    shown: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        value = field.value_from_object(row)
        shown[field.attname] = (SECRETS if value else "") if field.name in hidden else plain(value)
    return shown


def changes(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only what differs, on both sides, without the time stamps of the row itself."""
    names = [
        name
        for name in after
        if before.get(name) != after[name] and name not in ("updated_at", "created_at")
    ]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}


class Trailed(_Admin):
    """Adds, changes and deletions are recorded in the admin site's own transaction."""

    hidden_in_trail: tuple[str, ...] = ()
    object_history_template = "admin/history.html"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        old = type(obj)._default_manager.filter(pk=obj.pk).first() if change else None
        before = values(old, self.hidden_in_trail) if old else {}
        super().save_model(request, obj, form, change)
        was, now = changes(before, values(obj, self.hidden_in_trail))
        name = obj._meta.verbose_name
        verb = "changed" if change else "added"
        record(f"{name} {verb}", actor=person(request), target=obj, before=was, after=now)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._trail_deletion(request, obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for obj in queryset:
            self._trail_deletion(request, obj)
        super().delete_queryset(request, queryset)

    def log_addition(self, *_: Any) -> None:  # type: ignore[override]
        """The trail replaces Django's own log, which anybody with the database may rewrite."""

    def log_change(self, *_: Any) -> None:  # type: ignore[override]
        """As for additions."""

    def log_deletions(self, *_: Any) -> None:  # type: ignore[override]
        """As for additions."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changed what, before and after, newest first."""
        obj = self.get_object(request, object_id)
        if obj is None or not self.has_view_permission(request, obj):
            raise Http404("There is no such row.")
        entries = AuditEntry.objects.filter(
            target_type=self.opts.label_lower, target_id=str(obj.pk)
        )
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of {obj}",
            "object": obj,
            "opts": self.opts,
            "entries": [(entry, _rows(entry)) for entry in entries[:200]],
        }
        return TemplateResponse(request, self.object_history_template, context)

    def _trail_deletion(self, request: HttpRequest, obj: Any) -> None:
        record(
            f"{obj._meta.verbose_name} deleted",
            actor=person(request),
            target=obj,
            before=values(obj, self.hidden_in_trail),
        )


def _rows(entry: AuditEntry) -> list[tuple[str, Any, Any]]:
    before, after = entry.details.get("before") or {}, entry.details.get("after") or {}
    names = [*after, *[name for name in before if name not in after]]
    return [(name.replace("_", " "), before.get(name, ""), after.get(name, "")) for name in names]
