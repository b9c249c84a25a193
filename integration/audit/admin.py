"""The audit trail on the admin site, to read."""

from django.contrib import admin

from integration.audit.models import AuditEntry
from integration.core.looked_at import LookedAt


@admin.register(AuditEntry)
class AuditEntryAdmin(LookedAt):
    list_display = ["at", "actor_name", "action", "target_label"]
    list_filter = ["action"]
    search_fields = ["actor_name", "action", "target_label", "target_id"]
    date_hierarchy = "at"
    show_full_result_count = False
