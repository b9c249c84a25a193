"""Customers and their keys in admin: to look at. They change on the customer pages."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from integration.identity.models import Customer, CustomerLink


class LookedAt(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Customer)
class CustomerAdmin(LookedAt):
    list_display = ["uid", "name", "created_at", "merged_into", "erased_at"]
    search_fields = ["uid", "name"]


@admin.register(CustomerLink)
class CustomerLinkAdmin(LookedAt):
    list_display = ["key", "system", "state", "customer", "method", "linked_by", "linked_at"]
    list_filter = ["system", "state", "method"]
    search_fields = ["key", "customer__uid", "customer__name"]
    list_select_related = ["customer"]
