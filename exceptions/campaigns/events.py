"""What customers were told of their orders: the outbox of order events as a list."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from connectors.sync.models import OrderEvent
from exceptions.filters.events import EventFilter
from exceptions.tables.events import EventTable
from integration.accounts.gate import Gated, person
from integration.accounts.roles import May
from integration.core.pages import ListPage
from integration.exports import Column, answer
from integration.mirror.models import PrimaOrder

COLUMNS: tuple[Column[OrderEvent], ...] = (
    Column("Event", lambda event: event.key),
    Column("Prima order", lambda event: event.order_number),
    Column("Campaign order", lambda event: getattr(event, "campaign_order", "") or ""),
    Column("Milestone", lambda event: event.get_milestone_display()),
    Column("Parcel", lambda event: event.parcel),
    Column("Reached", lambda event: event.reached_at),
    Column("Contact", lambda event: event.contact_key),
    Column("Where it stands", lambda event: event.get_state_display()),
    Column("Why", lambda event: event.reason),
    Column("Told", lambda event: event.sent_at),
    Column("Event definition", lambda event: event.event_definition),
)


class EventList(Gated, ListPage):
    """`/campaigns/events/`: every milestone noted, and whether its customer was told."""

    needs = (May.VIEW_CAMPAIGNS,)
    template_name = "campaigns/events.html"
    filterset_class = EventFilter
    table_class = EventTable
    title = "What customers were told"
    lede = "Every milestone of an order in Prima, and whether its customer was told."
    empty_title = "Nothing was told"
    empty_text = "No order has moved on in Prima yet, or no event matches the filter."

    def get_queryset(self) -> QuerySet[OrderEvent]:
        tie = PrimaOrder.objects.filter(order_number=OuterRef("order_number"))
        return OrderEvent.objects.annotate(
            campaign_order=Subquery(tie.values("campaign_order__key")[:1])
        ).defer("data")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = request.GET.get("export", "")
        if form in self.exports:
            found = self.get_filterset(self.filterset_class).qs
            return answer(found, COLUMNS, "order-events", form=form, user=person(request))
        response: HttpResponseBase = super().get(request, *args, **kwargs)
        return response
