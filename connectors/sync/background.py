"""Background tasks on the admin site, called by what they do; how they do it is for engineers.

The lists of django-q2 show paths of functions, let everybody who looks send a task again, and let
admins name any function to be run. These are to look at only.
"""

import ast
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

import django_q.admin  # noqa: F401 - it must have registered its own lists before these do
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_q.models import Failure, OrmQ, Schedule, Success, Task

from integration.core.looked_at import LookedAt
from integration.core.templatetags.desk import minutes
from integration.exports import without_emails
from integration.schedules import Work, work_of

_DAY = 24 * 60


def for_engineers(*fields: str) -> tuple[str, dict[str, Any]]:
    """The fieldset with what only they can read, folded away."""
    return "For engineers", {"classes": ("collapse",), "fields": fields}


class Background(LookedAt):
    """What all four lists share: a row is called by its work, and leads to the page of the work."""

    change_form_template = "admin/background.html"
    list_display_links = ("work",)
    actions = None

    def done(self, row: Any) -> Work:
        """What the row does."""
        return work_of(row.func, row.args or ())

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        called = {"subtitle": self.done(row).title} if row is not None else {}
        return super().change_view(
            request, object_id, form_url, {**called, **(extra_context or {})}
        )

    @admin.display(description="work")
    def work(self, row: Any) -> str:
        return self.done(row).title

    @admin.display(description="more of it")
    def page(self, row: Any) -> SafeString | str:
        """The page for people on which it is seen what comes of the work."""
        work = self.done(row)
        if not work.page:
            return "–"
        place = f"#flow-{work.flow}" if work.flow else ""
        return format_html('<a href="{}{}">Open its page</a>', reverse(work.page), place)

    @admin.display(description="given")
    def given(self, row: Any) -> str:
        return str(row.args or "–")


class TaskAdmin(Background):
    """Tasks that are over. What they came to is on the page of the work."""

    list_display: Any = ("work", "began", "took", "page")
    date_hierarchy = "started"
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("work", "began", "ended", "took", "page")}),
        for_engineers("id", "func", "given", "told", "cluster"),
    )
    readonly_fields = ("work", "began", "ended", "took", "page", "given", "told")

    @admin.display(description="began", ordering="started")
    def began(self, task: Task) -> str:
        return _moment(task.started)

    @admin.display(description="ended", ordering="stopped")
    def ended(self, task: Task) -> str:
        return _moment(task.stopped)

    @admin.display(description="took")
    def took(self, task: Task) -> str:
        return f"{(task.stopped - task.started).total_seconds():,.1f} s"

    @admin.display(description="answer")
    def told(self, task: Task) -> str:
        return without_emails(str(task.result if task.result is not None else "–"))


class ScheduleAdmin(Background):
    """When each piece of work runs next. How often is kept under Flow settings."""

    list_display: Any = ("work", "how_often", "next_time", "last_time", "page")
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("work", "how_often", "next_time", "last_time", "page")}),
        for_engineers("name", "func", "args", "cluster", "repeats"),
    )
    readonly_fields = ("work", "how_often", "next_time", "last_time", "page")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        last = Task.objects.filter(id=OuterRef("task"))
        rows: QuerySet[Any] = super().get_queryset(request)
        with_last: QuerySet[Any] = rows.annotate(
            last_at=Subquery(last.values("started")[:1]),
            last_went=Subquery(last.values("success")[:1]),
        )
        return with_last

    def done(self, row: Any) -> Work:
        return work_of(row.func, _arguments(row.args))

    @admin.display(description="how often", ordering="minutes")
    def how_often(self, row: Schedule) -> str:
        if not row.repeats:
            return "switched off"
        whole = _DAY if row.schedule_type == Schedule.DAILY else row.minutes or 1
        return f"every {minutes(whole)}"

    @admin.display(description="next time", ordering="next_run")
    def next_time(self, row: Schedule) -> str:
        return _moment(row.next_run) if row.repeats else "–"

    @admin.display(description="last time", ordering="last_at")
    def last_time(self, row: Any) -> SafeString | str:
        if row.last_at is None:
            return "–"
        model, words = ("success", "done") if row.last_went else ("failure", "broke off")
        url = reverse(f"admin:django_q_{model}_change", args=[row.task])
        return format_html('<a href="{}">{}</a>', url, words)


class QueueAdmin(Background):
    """What waits for its turn. Opt-outs have a queue of their own."""

    list_display: Any = ("work", "queue", "page")
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("work", "queue", "page")}),
        for_engineers("key", "lock", "function", "given", "task_id"),
    )
    readonly_fields = ("work", "queue", "page", "function", "given", "task_id")

    def done(self, row: Any) -> Work:
        told = row.task
        return work_of(str(told.get("func", "")), told.get("args") or ())

    @admin.display(description="queue", ordering="key")
    def queue(self, row: OrmQ) -> str:
        return "Opt-outs" if row.key == "consent" else "All other work"

    @admin.display(description="function")
    def function(self, row: OrmQ) -> str:
        return str(row.task.get("func", "–"))

    @admin.display(description="given")
    def given(self, row: Any) -> str:
        return str(row.task.get("args") or "–")


ADMINS: tuple[tuple[Any, type[Background]], ...] = (
    (Schedule, ScheduleAdmin),
    (Success, TaskAdmin),
    (Failure, TaskAdmin),
    (OrmQ, QueueAdmin),
)


def register() -> None:
    """In the place of the lists that django-q2 brings along."""
    for model, keeper in ADMINS:
        if admin.site.is_registered(model):
            admin.site.unregister(model)
        admin.site.register(model, keeper)


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def _arguments(written: str | None) -> Sequence[Any]:
    """Of a schedule: "('orders_to_prima',)"."""
    try:
        found = ast.literal_eval(written or "()")
    except (ValueError, SyntaxError):
        return ()
    return found if isinstance(found, tuple) else (found,)
