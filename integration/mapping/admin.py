"""Mappings on the admin site: lists with effective dates, import and export, history, uses."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from import_export.admin import ImportExportMixin
from import_export.forms import ExportForm

from integration.audit.trailed import Trailed
from integration.core.looked_at import LookedAt
from integration.mapping import uses
from integration.mapping.models import (
    BackInStock,
    DiscountRelease,
    MilestoneEvent,
    OrderPolicy,
    ProductMapping,
    PromotionMapping,
    SourceTable,
    StockClass,
    TargetTable,
    TaxRule,
    ValueMapping,
)
from integration.mapping.resources import (
    ProductMappingResource,
    PromotionMappingResource,
    ValueMappingResource,
)


class InForce(admin.SimpleListFilter):
    """Today, later, or no more."""

    title = "in force"
    parameter_name = "in_force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("now", "Today"), ("later", "Later"), ("over", "No more")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        today = timezone.localdate()
        match self.value():
            case "now":
                return queryset.filter(valid_from__lte=today).filter(
                    Q(valid_to__isnull=True) | Q(valid_to__gte=today)
                )
            case "later":
                return queryset.filter(valid_from__gt=today)
            case "over":
                return queryset.filter(valid_to__lt=today)
        return queryset


class MappingAdmin(ImportExportMixin, Trailed):
    """What the three lists of mappings share."""

    export_form_class = ExportForm  # The other one needs code inside the page, which is barred.
    list_filter: ClassVar[Any] = [InForce]
    list_per_page = 50
    date_hierarchy = "valid_from"
    change_form_template = "admin/mapping/mapping_form.html"

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "<int:pk>/uses/",
            self.admin_site.admin_view(self.uses_view),
            name=f"mapping_{self.opts.model_name}_uses",
        )
        return [own, *super().get_urls()]

    def uses_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The orders that carry the value, and how many of them are in Prima."""
        obj = self.get_object(request, str(pk))
        if obj is None or not self.has_view_permission(request, obj):
            raise Http404("There is no such mapping.")
        context = {
            **self.admin_site.each_context(request),
            "title": f"What uses {obj}",
            "object": obj,
            "opts": self.opts,
            "use": uses.of(obj),
        }
        return TemplateResponse(request, "admin/mapping/uses.html", context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        messages.info(request, "Held orders that it may heal are tried again within minutes.")

    @admin.display(description="uses")
    def uses_link(self, obj: Any) -> SafeString:
        url = reverse(f"admin:mapping_{self.opts.model_name}_uses", args=[obj.pk])
        return format_html('<a href="{}">What uses this</a>', url)

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)


@admin.register(ProductMapping)
class ProductMappingAdmin(MappingAdmin):
    resource_classes = [ProductMappingResource]
    fields = ["source_sku", "prima_sku", "valid_from", "valid_to", "note"]
    list_display = ["source_sku", "prima_sku", "valid_from", "valid_to", "note", "uses_link"]
    search_fields = ["source_sku", "prima_sku", "note"]


@admin.register(PromotionMapping)
class PromotionMappingAdmin(MappingAdmin):
    resource_classes = [PromotionMappingResource]
    fields = [
        "source_code", "treatment", "prima_code", "max_percent", "max_amount", "may_stack",
        "valid_from", "valid_to", "note",
    ]  # fmt: skip
    list_display = [
        "source_code",
        "treatment",
        "prima_code",
        "max_percent",
        "max_amount",
        "may_stack",
        "valid_from",
        "valid_to",
        "uses_link",
    ]
    list_filter = [InForce, "treatment", "may_stack"]
    search_fields = ["source_code", "prima_code", "note"]


@admin.register(ValueMapping)
class ValueMappingAdmin(MappingAdmin):
    resource_classes = [ValueMappingResource]
    fields = ["domain", "source", "target", "valid_from", "valid_to", "note"]
    list_display = ["domain", "source", "target", "valid_from", "valid_to", "note", "uses_link"]
    list_display_links = ["source"]
    list_filter = ["domain", InForce]
    search_fields = ["source", "target", "note"]


@admin.register(TaxRule)
class TaxRuleAdmin(Trailed):
    list_display = ["country", "customer_type", "tax_number_required", "tax_code"]
    list_filter = ["customer_type", "tax_number_required"]
    search_fields = ["country"]


@admin.register(OrderPolicy)
class OrderPolicyAdmin(Trailed):
    list_display = ["__str__", "currencies", "max_discount_percent", "max_discount_amount"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not OrderPolicy.objects.exists()


@admin.register(SourceTable)
class SourceTableAdmin(Trailed):
    list_display = ["part", "data_extension"]


@admin.register(TargetTable)
class TargetTableAdmin(Trailed):
    list_display = ["part", "data_extension"]


@admin.register(StockClass)
class StockClassAdmin(Trailed):
    """How often the stock of which items goes to Marketing Cloud."""

    list_display = [
        "name",
        "place",
        "every_minutes",
        "sold_within_days",
        "seasons",
        "brands",
        "kinds",
    ]


@admin.register(MilestoneEvent)
class MilestoneEventAdmin(Trailed):
    list_display = ["milestone", "event_definition", "valid_from", "valid_to", "note"]
    list_display_links = ["milestone"]
    list_filter = ["milestone", InForce]
    search_fields = ["event_definition", "note"]


@admin.register(BackInStock)
class BackInStockAdmin(Trailed):
    list_display = ["__str__", "channel", "least_stock", "wait_days"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not BackInStock.objects.exists()


@admin.register(DiscountRelease)
class DiscountReleaseAdmin(LookedAt):
    list_display = ["order_key", "promotion_code", "released_by", "released_at", "approval"]
    search_fields = ["order_key", "promotion_code", "released_by"]
