"""Connections, flow settings, runs and items on the admin site."""

from operator import itemgetter
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from connectors.errors import RemoteError
from connectors.sync import background, connections, timetable, tokens
from connectors.sync.background import for_engineers
from connectors.sync.cursor_titles import cursor_title
from connectors.sync.flow import flows
from connectors.sync.models import (
    Connection,
    Cursor,
    Exchange,
    FlowSetting,
    Lane,
    NotificationCallback,
    PrimaSubscription,
    SyncItem,
    SyncRun,
)
from integration.accounts.gate import person
from integration.audit.trail import record
from integration.audit.trailed import Trailed
from integration.core.looked_at import LookedAt
from integration.schedules import title_of

SECRETS = ("client_secret", "inbound_secret")
_KEPT = "Leave empty to keep the one that is set."


class ConnectionForm(forms.ModelForm):
    """Secrets go in and never come out."""

    base_url = forms.URLField(
        label="Base URL",
        assume_scheme="https",
        help_text=Connection._meta.get_field("base_url").help_text,
    )

    class Meta:
        model = Connection
        fields = (
            "system",
            "base_url",
            "client_id",
            "client_secret",
            "account_id",
            "inbound_secret",
            "enabled",
            "calls_per_second",
            "calls_per_day",
            "timeout_seconds",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._had = {name: getattr(self.instance, name) for name in SECRETS}
        for name in SECRETS:
            if name in self.fields:
                is_set = bool(self._had[name])
                field = forms.CharField(
                    required=False,
                    strip=True,
                    label=self.fields[name].label,
                    widget=forms.PasswordInput(
                        render_value=False, attrs={"autocomplete": "new-password"}
                    ),
                    help_text=_KEPT if is_set else self.fields[name].help_text,
                )
                self.fields[name] = field
                self.initial[name] = ""

    def clean_base_url(self) -> str:
        url: str = self.cleaned_data["base_url"]
        try:
            connections.addresses().check(url)
        except RemoteError as refused:
            raise forms.ValidationError(refused.message) from refused
        return url

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in SECRETS:
            cleaned[name] = cleaned.get(name) or self._had[name]
        return cleaned


@admin.register(Connection)
class ConnectionAdmin(Trailed):
    """How to reach the two systems."""

    form = ConnectionForm
    hidden_in_trail = (*SECRETS, "access_token", "access_token_data")
    list_display = ("system", "base_url", "enabled", "calls_per_second", "failures", "open_until")
    readonly_fields = ("capabilities_at", "failures", "open_until", "not_before")
    actions = ["try_out"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if {"base_url", "client_id", "client_secret", "account_id"} & set(form.changed_data):
            tokens.forget(obj.pk)

    @admin.action(description="Test connection", permissions=["change"])
    def try_out(self, request: HttpRequest, queryset: QuerySet[Connection]) -> None:
        for connection in queryset:
            try:
                messages.success(request, f"{connection}: {connections.try_out(connection)}")
            except RemoteError as error:
                messages.error(request, f"{connection}: {error.message}")
            record("connection tested", actor=person(request), target=connection)


@admin.register(Lane)
class LaneAdmin(Trailed):
    """How fast a lane may go, on top of its connection. The desk makes lanes when it needs them."""

    list_display = ("connection", "name", "calls_per_second", "failures", "open_until")
    readonly_fields = ("connection", "name", "failures", "open_until", "not_before")
    fields = ("connection", "name", "calls_per_second", "failures", "open_until", "not_before")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(FlowSetting)
class FlowSettingAdmin(Trailed):
    """When and how often each flow runs, how much it takes at a time, and how fast."""

    list_display = (
        "named",
        "enabled",
        "every_minutes",
        "quiet",
        "batch_size",
        "calls_per_second",
        "priority",
        "paused_at",
    )
    fields = (
        "named",
        "enabled",
        "every_minutes",
        "quiet_from",
        "quiet_until",
        "batch_size",
        "calls_per_second",
        "priority",
        "max_attempts",
        "silent_after_minutes",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("named",)

    @admin.display(description="flow", ordering="flow")
    def named(self, setting: FlowSetting) -> str:
        """As on the page of the syncs; flows that are no more keep their name."""
        return title_of(setting.flow)

    @admin.display(description="quiet hours")
    def quiet(self, setting: FlowSetting) -> str:
        if setting.quiet_from is None or setting.quiet_until is None:
            return "–"
        return f"{setting.quiet_from:%H:%M}–{setting.quiet_until:%H:%M}"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        timetable.synchronise()


class OfFlow(admin.SimpleListFilter):
    """By the title of the flow."""

    title = "flow"
    parameter_name = "flow"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(((slug, flow.title) for slug, flow in flows().items()), key=itemgetter(1))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(flow=self.value()) if self.value() else queryset


class OfAFlow(LookedAt):
    """Rows of flows, which are called as on the page of the syncs."""

    readonly_fields: ClassVar[Any] = ("named",)

    @admin.display(description="flow", ordering="flow")
    def named(self, row: SyncRun | SyncItem | Cursor) -> str:
        return title_of(row.flow)


@admin.register(SyncRun)
class SyncRunAdmin(OfAFlow):
    list_display = ("named", "status", "started_at", "seen", "sent", "held", "failed", "message")
    list_filter = (OfFlow, "status")
    list_display_links = ("named",)
    date_hierarchy = "started_at"
    fieldsets: ClassVar[Any] = (
        (
            None,
            {
                "fields": (
                    "named", "status", "message", "started_at", "finished_at", "started_by",
                    "total", "seen", "sent", "unchanged", "held", "failed", "calls",
                )
            },
        ),
        for_engineers("flow", "heartbeat_at", "traceback"),
    )  # fmt: skip


@admin.register(SyncItem)
class SyncItemAdmin(OfAFlow):
    """Without what was said last, which may name a person: that is on the page of the record."""

    fieldsets: ClassVar[Any] = (
        (
            None,
            {
                "fields": (
                    "external_id", "named", "state", "attempts", "not_before", "reason",
                    "created_at", "changed_at",
                )
            },
        ),
        for_engineers(
            "flow", "in_doubt", "crashes", "content_hash", "lease_owner", "lease_until"
        ),
    )  # fmt: skip
    list_display = ("external_id", "named", "state", "attempts", "doubt", "reason", "changed_at")
    list_filter = (OfFlow, "state", "in_doubt")
    search_fields = ("external_id",)

    @admin.display(description="in doubt", ordering="in_doubt")
    def doubt(self, row: SyncItem) -> str:
        """In words: a red cross would stand beside what is well."""
        return "yes" if row.in_doubt else "–"


@admin.register(Exchange)
class ExchangeAdmin(LookedAt):
    """Without the bodies, which hold personal data."""

    list_display = ("at", "system", "method", "path", "status", "milliseconds", "error")
    list_filter = ("system", "status")
    search_fields = ("item__external_id", "request_id")
    fields = ("at", "system", "method", "path", "status", "milliseconds", "request_id", "error")


@admin.register(Cursor)
class CursorAdmin(OfAFlow):
    """How far a flow has read is in the words of the system that is read."""

    list_display = ("named", "moved_at")
    list_display_links = ("named",)
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("named", "moved_at")}),
        for_engineers("flow", "value"),
    )

    @admin.display(description="what is read", ordering="flow")
    def named(self, row: Cursor) -> str:  # type: ignore[override]
        return cursor_title(row.flow)


@admin.register(NotificationCallback)
class NotificationCallbackAdmin(LookedAt):
    """Without the keys. `manage.py register_notifications` changes it."""

    list_display = ("name", "status", "url", "last_received_at", "refused", "message")
    fields = (
        "name",
        "status",
        "url",
        "callback_id",
        "subscription_id",
        "created_at",
        "last_received_at",
        "refused",
        "message",
    )


@admin.register(PrimaSubscription)
class PrimaSubscriptionAdmin(LookedAt):
    """Without the secrets. `manage.py register_notifications` changes it."""

    list_display = ("company", "status", "url", "last_received_at", "refused", "message")
    fields = (
        "company",
        "status",
        "url",
        "remote_id",
        "resources",
        "created_at",
        "last_received_at",
        "unheard",
        "refused",
        "message",
    )


background.register()
