"""The drift page: what differs, how much, since when; and a comparison on demand."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from connectors.sync.nudges import nudge
from exceptions.proposals.filters import DriftFilter
from exceptions.proposals.tables import DriftTable
from integration.accounts.gate import Gated, person, requires
from integration.accounts.roles import May
from integration.audit import trail
from integration.core.pages import ListPage
from integration.exports import Column, answer
from integration.ownership.fields import label_of
from integration.ownership.models import Comparison, Drift

FLOW = "compare_contacts"
TREND = 30
COLUMNS: tuple[Column[Drift], ...] = (
    Column("Customer", lambda one: one.name, personal=True),
    Column("Contact", lambda one: one.contact_key),
    Column("Account", lambda one: one.account_code),
    Column("Field", lambda one: label_of(one.field)),
    Column("In Marketing Cloud", lambda one: one.sfmc_value, personal=True),
    Column("In Prima", lambda one: one.prima_value, personal=True),
    Column("Kept by", lambda one: one.get_owner_display()),
    Column("What happens", lambda one: one.get_state_display()),
    Column("First seen", lambda one: one.first_seen_at),
    Column("Last seen", lambda one: one.last_seen_at),
    Column("Healed", lambda one: one.healed_at),
)


class DriftList(Gated, ListPage):
    needs = (May.VIEW_CUSTOMERS,)
    template_name = "customers/drift.html"
    filterset_class = DriftFilter
    table_class = DriftTable
    title = "Drift"
    lede = "Customers about whom Prima and Marketing Cloud say different things, field by field."
    empty_title = "Both systems say the same"
    empty_text = "No difference matches the filter. What has healed is under “Healed”."

    def get_queryset(self) -> QuerySet[Drift]:
        return Drift.objects.all()

    def get_table_kwargs(self) -> dict[str, Any]:
        return {"personal": person(self.request).may(May.SEE_PERSONAL_DATA)}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = request.GET.get("export", "")
        if form in self.exports:
            found = self.get_filterset(self.filterset_class).qs
            return answer(found, COLUMNS, "drift", form=form, user=person(request))
        response: HttpResponseBase = super().get(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        done = list(Comparison.objects.filter(finished_at__isnull=False)[:TREND])
        last = done[0] if done else None
        states = dict(Drift.State.choices)
        context.update(
            last=last,
            comparisons=done[::-1],
            by_field=[(label_of(slug), n) for slug, n in _counts(last.by_field if last else {})],
            by_state=[
                (states.get(slug, slug), n) for slug, n in _counts(last.by_state if last else {})
            ],
            may_compare=person(self.request).may(May.KEEP_CUSTOMERS),
        )
        return context


@require_POST
@requires(May.KEEP_CUSTOMERS)
def compare_now(request: HttpRequest) -> HttpResponse:
    """Nudges the background cluster; the flow itself sees to it that it does not run twice."""
    actor = person(request)
    nudge(FLOW, str(actor)[:150])
    trail.record("comparison started", actor=actor, label="Contacts and accounts")
    messages.success(request, "The comparison starts in a moment.")
    return redirect("drift")


def _counts(told: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(told.items(), key=lambda one: (-one[1], one[0]))
