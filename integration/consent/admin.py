"""Wordings in admin: added, and never changed; the ledger to look at."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from integration.accounts.gate import person
from integration.audit.trailed import Trailed
from integration.consent.models import Wording


@admin.register(Wording)
class WordingAdmin(Trailed):
    """The exact words people agreed to. A new text is a new version."""

    list_display = ["name", "version", "locale", "added_by", "added_at"]
    search_fields = ["name", "version", "text"]
    fields = ["name", "version", "locale", "text"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Wording, form: Any, change: Any) -> None:
        obj.added_by = str(person(request))[:150]
        super().save_model(request, obj, form, change)
