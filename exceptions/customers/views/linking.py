"""Linking a whole estate: a look first, then the links, with a report and its lists."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST
from django_q.tasks import async_task

from connectors.sync.identity.estate import running
from connectors.sync.identity.ladder import STEPS
from exceptions.customers import reads
from exceptions.customers.filters import OutcomeFilter
from exceptions.customers.tables import OUTCOMES, OutcomeTable
from integration.accounts.gate import Gated, person, requires
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.core.pages import ListPage
from integration.exports import answer
from integration.identity.models import LinkOutcome, LinkRun
from integration.mirror.models import Contact, PrimaCustomer

SHOWN = 20
_OUTCOMES = (
    ("suggested", LinkOutcome.Outcome.SUGGESTED),
    ("ambiguous", LinkOutcome.Outcome.AMBIGUOUS),
    ("contacts_alone", LinkOutcome.Outcome.CONTACT_ALONE),
    ("accounts_alone", LinkOutcome.Outcome.ACCOUNT_ALONE),
)


def may_start(user: User) -> bool:
    """Those who keep customers, and admins, who bring a new estate in."""
    return user.may(May.KEEP_CUSTOMERS) or user.may(May.MANAGE_MAPPINGS)


@requires(May.VIEW_CUSTOMERS)
def linking(request: HttpRequest) -> HttpResponse:
    """What there is to link, and the reports so far."""
    user = person(request)
    runs = list(LinkRun.objects.all()[:SHOWN])
    context = {
        "title": "Link the whole estate",
        "contacts": Contact.objects.filter(deleted_at__isnull=True).count(),
        "accounts": PrimaCustomer.objects.filter(deleted_at__isnull=True, is_pool=False).count(),
        "runs": runs,
        "busy": next((run for run in runs if run.state in ("waiting", "running")), None),
        "looked": next((run for run in runs if run.is_dry and run.state == "done"), None),
        "waiting": reads.review_count(),
        "may_start": may_start(user),
    }
    return render(request, "customers/linking.html", context)


@require_POST
@requires(May.VIEW_CUSTOMERS)
def start(request: HttpRequest) -> HttpResponse:
    """Asks for a look or for the links; the background does it."""
    user = person(request)
    if not may_start(user):
        raise PermissionDenied("Your roles do not let you link an estate.")
    try:
        with transaction.atomic():
            row = running.ask(is_dry=request.POST.get("what") != "link", by=user)
            async_task("exceptions.customers.tasks.link_estate", row.pk)
    except running.AlreadyLinking as already:
        messages.warning(request, already.message)
        return redirect("linking")
    return redirect("link-report", pk=row.pk)


@requires(May.VIEW_CUSTOMERS)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """How many were linked by which step, and what is left."""
    row = get_object_or_404(LinkRun, pk=pk)
    told = row.figures
    steps = [(slug, STEPS[slug], number) for slug, number in told.get("linked", {}).items()]
    context = {
        "title": str(row),
        "run": row,
        "steps": steps,
        "linked": sum(number for _, _, number in steps),
        "others": [(value, value.label, told.get(name, 0)) for name, value in _OUTCOMES],
        "seconds": told.get("milliseconds", 0) // 1000,
        "may_start": may_start(person(request)),
    }
    return render(request, "customers/report.html", context)


class OutcomeList(Gated, ListPage):
    """`/customers/linking/<pk>/list/`: the lists of a report."""

    needs = (May.VIEW_CUSTOMERS,)
    template_name = "customers/outcomes.html"
    filterset_class = OutcomeFilter
    table_class = OutcomeTable
    title = "What linking found"
    empty_title = "Nothing of this kind"
    empty_text = "The report has nothing that matches. Lists of old reports are not kept."

    def get_queryset(self) -> QuerySet[LinkOutcome]:
        return reads.named(LinkOutcome.objects.filter(run=self.kwargs["pk"]))

    def get_table_kwargs(self) -> dict[str, Any]:
        return {"personal": person(self.request).may(May.SEE_PERSONAL_DATA)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = get_object_or_404(LinkRun, pk=self.kwargs["pk"])
        return {**super().get_context_data(**kwargs), "run": run}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = request.GET.get("export", "")
        if form in self.exports:
            found = self.get_filterset(self.filterset_class).qs
            return answer(found, OUTCOMES, "linking", form=form, user=person(request))
        response: HttpResponseBase = super().get(request, *args, **kwargs)
        return response
