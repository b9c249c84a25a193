"""The audit trail on the admin site, to read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from integration.audit.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):
    list_display = ["at", "actor_name", "action", "target_label"]
    list_filter = ["action"]
    search_fields = ["actor_name", "action", "target_label", "target_id"]
    date_hierarchy = "at"
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
