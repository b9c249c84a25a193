"""Reconciliation on the admin site: mapped tables, and the files that came, to read."""

from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from connectors.gateways.formats.generic_csv import Tried, preview
from connectors.gateways.problems import FileProblem
from integration.audit.trailed import Trailed
from integration.core.looked_at import LookedAt
from integration.core.templatetags.desk import minor
from reconciliation.forms.mapping import GatewayMappingForm, SampleForm
from reconciliation.forms.settings import (
    AdjustmentLimitForm,
    ExchangeRateForm,
    LedgerAccountForm,
    MatchBoundsForm,
    ToleranceForm,
)
from reconciliation.importing import archives, bounds
from reconciliation.importing.mappings import mapping_of
from reconciliation.importing.problems import NotImported
from reconciliation.models import (
    AdjustmentLimit,
    ExchangeRate,
    GatewayMapping,
    LedgerAccount,
    MatchBounds,
    StatementFile,
    Tolerance,
)
from reconciliation.tables.differences import control_title


@admin.register(GatewayMapping)
class GatewayMappingAdmin(Trailed):
    """A table of a gateway, set up column by column and tried with a file before it is used."""

    form = GatewayMappingForm
    fieldsets = GatewayMappingForm.SECTIONS
    list_display = ["name", "gateway", "try_link"]
    search_fields = ["name", "gateway"]

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "<int:pk>/try/",
            self.admin_site.admin_view(self.try_view),
            name="reconciliation_gatewaymapping_try",
        )
        return [own, *super().get_urls()]

    @admin.display(description="preview")
    def try_link(self, obj: GatewayMapping) -> SafeString:
        url = reverse("admin:reconciliation_gatewaymapping_try", args=[obj.pk])
        return format_html('<a href="{}">Try it with a file</a>', url)

    def try_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The first lines and the totals as the mapping reads them. The file is not kept."""
        mapping = self.get_object(request, str(pk))
        if mapping is None or not self.has_view_permission(request, mapping):
            raise Http404("There is no such mapping.")
        form = SampleForm(request.POST or None, request.FILES or None)
        tried: Tried | None = None
        if request.method == "POST" and form.is_valid():
            try:
                tried = _tried(mapping, cast(BinaryIO, form.cleaned_data["file"].file))
            except (FileProblem, NotImported) as problem:
                form.add_error("file", str(problem))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Try {mapping}",
            "object": mapping,
            "opts": self.opts,
            "form": form,
            "tried": tried,
        }
        return TemplateResponse(request, "reconciliation/mapping_try.html", context)


def _tried(mapping: GatewayMapping, stream: BinaryIO) -> Tried:
    with archives.unpacked(stream, "") as (report, _):
        bounds.check(report)
        return preview(report, mapping_of(mapping))


class NamedGateways(admin.AllValuesFieldListFilter):
    """A file that no gateway sent has a word to choose it by, too."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        for one in super().choices(changelist):
            yield {**one, "display": one["display"] or "Without a gateway"}


@admin.register(StatementFile)
class StatementFileAdmin(LookedAt):
    list_display = ["name", "format", "state", "lines", "uploaded_by_name", "uploaded_at"]
    list_filter = ["state", ("gateway", NamedGateways)]
    search_fields = ["name", "sha256"]


@admin.register(AdjustmentLimit)
class AdjustmentLimitAdmin(Trailed):
    """Up to which amount each role decides adjustments."""

    form = AdjustmentLimitForm
    list_display = ["kind", "currency", "role", "limit"]
    list_filter = ["kind", "role", "currency"]

    @admin.display(description="limit", ordering="amount")
    def limit(self, obj: AdjustmentLimit) -> str:
        return _money(obj.amount, obj.currency)


@admin.register(Tolerance)
class ToleranceAdmin(Trailed):
    """What a control may swallow, and the overview adds up."""

    form = ToleranceForm
    list_display = ["control_in_words", "currency", "absolute_amount", "relative"]
    list_filter = ["currency"]

    @admin.display(description="control", ordering="control")
    def control_in_words(self, obj: Tolerance) -> str:
        return control_title(obj.control)

    @admin.display(description="absolute", ordering="absolute")
    def absolute_amount(self, obj: Tolerance) -> str:
        return _money(obj.absolute, obj.currency)


@admin.register(LedgerAccount)
class LedgerAccountAdmin(Trailed):
    """Where fees, their VAT, chargebacks and exchange differences are booked."""

    form = LedgerAccountForm
    list_display = ["purpose", "gateway", "code", "company"]
    list_filter = ["purpose", "company"]


@admin.register(MatchBounds)
class MatchBoundsAdmin(Trailed):
    """How far the rules of matching look."""

    form = MatchBoundsForm
    list_display = ["control", "window_days", "most_parts", "most_candidates", "rate_days"]


@admin.register(ExchangeRate)
class ExchangeRateAdmin(Trailed):
    """Rates of the day, against which exchange differences are measured."""

    form = ExchangeRateForm
    list_display = ["day", "base", "quote", "rate", "source"]
    list_filter = ["base", "quote"]
    date_hierarchy = "day"


def _money(amount: int, currency: str) -> str:
    """A limit for every currency has no currency to be written in."""
    return f"{amount:,} in minor units" if currency == "*" else minor(amount, currency)
