"""The first page: what waits, how old, how much; and whether the syncs are well."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from connectors.sync import runs
from exceptions import reads
from exceptions.models import ACTIVE, ExceptionCase
from integration.accounts.gate import person, requires
from integration.accounts.roles import May


@requires(May.VIEW_CASES)
def home(request: HttpRequest) -> HttpResponse:
    """Queues by money, sync health, and the person's own cases."""
    user = person(request)
    mine = ExceptionCase.objects.filter(assignee=user, status__in=ACTIVE)
    queues = reads.queues()
    context = {
        "title": "What waits",
        "totals": reads.totals(user),
        "busy": [queue for queue in queues if queue.cases],
        "idle": [queue for queue in queues if not queue.cases],
        "flows": runs.health(),
        "mine": mine[:8],
        "reconciles": user.may(May.VIEW_RECONCILIATION),
    }
    return render(request, "exceptions/home.html", context)
