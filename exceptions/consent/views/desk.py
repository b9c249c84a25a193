"""The consent desk, and the list of opt-outs under way."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from exceptions.consent import figures
from exceptions.consent.filters import PropagationFilter
from exceptions.consent.tables import PropagationTable
from integration import standing
from integration.accounts.gate import Gated, person, requires
from integration.accounts.roles import May
from integration.consent.models import ConsentAddress, Propagation
from integration.core.pages import ListPage
from integration.exports import Column, answer

COLUMNS: tuple[Column[Propagation], ...] = (
    Column("Arrived", lambda row: row.seen_at),
    Column("Address", lambda row: str(getattr(row, "address", "") or "(erased)"), personal=True),
    Column("What was said", lambda row: row.event.get_action_display()),
    Column("Channel", lambda row: row.event.get_channel_display()),
    Column("Purpose", lambda row: row.event.purpose),
    Column("To", lambda row: row.get_target_display()),
    Column("Where it stands", lambda row: row.get_step_display()),
    Column("Suppressed", lambda row: row.suppressed_at),
    Column("Written", lambda row: row.written_at),
    Column("Out of journeys", lambda row: row.left_at),
    Column("Confirmed", lambda row: row.confirmed_at),
    Column("Tried again", lambda row: row.attempts),
    Column("Last message", lambda row: row.last_error),
)


@requires(May.VIEW_CONSENT)
def consent_desk(request: HttpRequest) -> HttpResponse:
    """`/consent/`: how long a no takes, where it hangs, and whether notifications come."""
    waiting = figures.waiting()
    context: dict[str, Any] = {
        "title": "Consent",
        "standing": standing.still(),
        "oldest": figures.oldest(),
        "lags": figures.lags(),
        "days": figures.days(),
        "waiting": waiting,
        "steps": [step.label for step in figures.STEPS],
        "under_way": sum(sum(one.counts) for one in waiting),
        "states": figures.states(),
        "unsubscribed": figures.unsubscribed(),
        "notified": figures.notified(),
        "now": timezone.now(),
        "may_keep": person(request).may(May.KEEP_CONSENT),
    }
    return render(request, "consent/desk.html", context)


class PropagationList(Gated, ListPage):
    """`/consent/under-way/`: each opt-out on its way to each system."""

    needs = (May.VIEW_CONSENT,)
    filterset_class = PropagationFilter
    table_class = PropagationTable
    title = "Opt-outs under way"
    lede = (
        "Each no, and each evidenced yes, on its way to each system, with the time of every step."
    )
    empty_title = "Nothing under way"
    empty_text = "Everything that people said has been confirmed by both systems."

    def get_queryset(self) -> QuerySet[Propagation]:
        address = ConsentAddress.objects.filter(pk=OuterRef("event__address_hash"))
        return Propagation.objects.select_related("event").annotate(
            address=Subquery(address.values("address")[:1])
        )

    def get_table_kwargs(self) -> dict[str, Any]:
        return {"personal": person(self.request).may(May.SEE_PERSONAL_DATA)}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = request.GET.get("export", "")
        if form in self.exports:
            found = self.get_filterset(self.filterset_class).qs
            return answer(found, COLUMNS, "opt-outs", form=form, user=person(request))
        response: HttpResponseBase = super().get(request, *args, **kwargs)
        return response
