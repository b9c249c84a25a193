"""The field policy on the admin site. Proposals and differences have pages of their own."""

from django.contrib import admin
from django.http import HttpRequest
from import_export.admin import ImportExportMixin
from import_export.forms import ExportForm

from integration.audit.trailed import Trailed
from integration.mapping.admin import InForce
from integration.ownership.models import ContactPolicy, FieldPolicy
from integration.ownership.resources import FieldPolicyResource


@admin.register(FieldPolicy)
class FieldPolicyAdmin(ImportExportMixin, Trailed):
    resource_classes = [FieldPolicyResource]
    export_form_class = ExportForm  # The other one needs code inside the page, which is barred.
    list_display = ["field", "owner", "on_other", "value_domain", "valid_from", "valid_to", "note"]
    fields = ["field", "owner", "on_other", "value_domain", "valid_from", "valid_to", "note"]
    list_filter = ["owner", "on_other", InForce]
    list_per_page = 50
    search_fields = ["field", "note"]

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)


@admin.register(ContactPolicy)
class ContactPolicyAdmin(Trailed):
    list_display = ["__str__", "opens_accounts"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not ContactPolicy.objects.exists()
