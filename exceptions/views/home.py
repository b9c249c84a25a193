"""The first page: what waits, how old, how much; and whether the syncs are well."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from connectors.sync import runs
from exceptions import beginning, reads
from exceptions.models import ACTIVE, ExceptionCase
from integration import standing
from integration.accounts.gate import person, requires
from integration.accounts.roles import May


@requires(May.VIEW_CASES)
def home(request: HttpRequest) -> HttpResponse:
    """Queues by what waits, sync health, and the person's own cases."""
    user = person(request)
    mine = ExceptionCase.objects.filter(assignee=user, status__in=ACTIVE)
    queues, flows = reads.queues(), runs.health()
    totals, still = reads.totals(user), standing.still()
    begun = totals.held or totals.waiting or totals.in_prima
    context = {
        "title": "What waits",
        "standing": still,
        "beginning": [] if begun else beginning.steps(user, runs=not still),
        "totals": totals,
        "busy": [queue for queue in queues if queue.cases],
        "idle": [queue for queue in queues if not queue.cases],
        "troubled": [one for one in flows if one.tone != "good"],
        "well": [one for one in flows if one.tone == "good"],
        "mine": mine[:8],
        "reconciles": user.may(May.VIEW_RECONCILIATION),
    }
    return render(request, "exceptions/home.html", context)
