"""Customers and their keys in admin: to look at. They change on the customer pages."""

from django.contrib import admin

from integration.core.looked_at import LookedAt
from integration.identity.models import Customer, CustomerLink


@admin.register(Customer)
class CustomerAdmin(LookedAt):
    """By key: names are personal data, which those who keep the desk need not see."""

    list_display = ["uid", "created_at", "merged", "erased_at"]
    search_fields = ["uid"]
    fields = ["uid", "created_at", "merged", "merged_at", "erased_at"]

    @admin.display(description="merged into")
    def merged(self, customer: Customer) -> str:
        return str(customer.merged_into_id or "")


@admin.register(CustomerLink)
class CustomerLinkAdmin(LookedAt):
    list_display = ["key", "system", "state", "owner", "method", "linked_by", "linked_at"]
    list_filter = ["system", "state", "method"]
    search_fields = ["key", "customer__uid"]
    exclude = ["customer", "evidence"]
    readonly_fields = ["owner"]

    @admin.display(description="customer", ordering="customer")
    def owner(self, link: CustomerLink) -> str:
        return str(link.customer_id)
