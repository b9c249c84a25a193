"""Campaign orders: the list, and one order's whole story."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render

from connectors.sync.flow import ORDERS
from connectors.sync.models import Exchange, OrderEvent, SyncItem
from exceptions import exports
from exceptions.filters.orders import OrderFilter
from exceptions.masking import impersonal
from exceptions.models import CaseEvent, Occurrence
from exceptions.payload import rows
from exceptions.tables.orders import OrderTable
from integration.accounts.gate import Gated, person, requires
from integration.accounts.roles import May
from integration.core.pages import ListPage
from integration.core.personal import masked_payload
from integration.exports import as_listed
from integration.mirror.models import CampaignOrder, PrimaOrder


class OrderList(Gated, ListPage):
    """`/orders/`: every order that ever arrived."""

    needs = (May.VIEW_CASES,)
    filterset_class = OrderFilter
    table_class = OrderTable
    title = "Orders"
    lede = "Every campaign order that arrived, and where it stands."
    empty_title = "No orders"
    empty_text = "None has arrived yet, or none matches the filter."

    def get_queryset(self) -> QuerySet[CampaignOrder]:
        state = SyncItem.objects.filter(flow=ORDERS, external_id=OuterRef("key")).values("state")[
            :1
        ]
        return CampaignOrder.objects.select_related("prima_order").annotate(state=Subquery(state))

    def get_table_kwargs(self) -> dict[str, Any]:
        return {"personal": person(self.request).may(May.SEE_PERSONAL_DATA)}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = request.GET.get("export", "")
        if form in self.exports:
            found = self.get_filterset(self.filterset_class).qs
            table = self.table_of(found)
            return as_listed(table, exports.ORDERS, "orders", form=form, user=person(request))
        response: HttpResponseBase = super().get(request, *args, **kwargs)
        return response


@requires(May.VIEW_CASES)
def order_page(request: HttpRequest, key: str) -> HttpResponse:
    """What arrived, what a person changed, what is wrong, what Prima holds, every call made."""
    if "\x00" in key:  # The database cannot even be asked for it.
        raise Http404
    user = person(request)
    order = get_object_or_404(CampaignOrder.objects.select_related("prima_order"), key=key)
    item = SyncItem.objects.filter(flow=ORDERS, external_id=key).first()
    sightings = list(
        Occurrence.objects.filter(external_id=key, object="order").select_related("case")
    )
    if not user.may(May.SEE_PERSONAL_DATA):
        for sighting in sightings:
            sighting.message = impersonal(sighting)
    prima_order = getattr(order, "prima_order", None)
    context: dict[str, Any] = {
        "title": f"Order {order.key}",
        "order": order,
        "item": item,
        "prima_order": prima_order,
        "wrong": [sighting for sighting in sightings if sighting.closed_at is None],
        "healed": [sighting for sighting in sightings if sighting.closed_at is not None],
        "told": _told(prima_order),
        "corrections": order.corrections.select_related("author"),
        "exchanges": Exchange.objects.filter(item=item)[:20] if item else [],
        "events": CaseEvent.objects.filter(
            case__in=[sighting.case_id for sighting in sightings]
        ).select_related("case"),
        "personal": user.may(May.SEE_PERSONAL_DATA),
        **_payloads(order, sightings, personal=user.may(May.SEE_PERSONAL_DATA)),
    }
    return render(request, "orders/order.html", context)


def _told(prima_order: PrimaOrder | None) -> list[OrderEvent]:
    """What the customer was told of the order, or was not, in the order of the milestones."""
    if prima_order is None:
        return []
    events = OrderEvent.objects.filter(order_number=prima_order.order_number)
    return list(events.defer("data").order_by("reached_at", "id"))


def _payloads(
    order: CampaignOrder, sightings: list[Occurrence], *, personal: bool
) -> dict[str, Any]:
    source = order.payload
    prima_order = getattr(order, "prima_order", None)
    target = prima_order.payload if prima_order else None
    if not personal:
        source, target = masked_payload(source), masked_payload(target)
    bad = [
        pointer
        for sighting in sightings
        if sighting.closed_at is None
        for pointer in sighting.pointers
    ]
    changes: dict[str, Any] = {}
    for correction in order.corrections.filter(withdrawn_at__isnull=True):
        changes.update(correction.changes)
    return {
        "source_rows": rows(source, bad, changes if personal else {}),
        "target_rows": rows(target) if target else [],
    }
