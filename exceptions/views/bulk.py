"""Acting on many cases at once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from integration.accounts.gate import requires
from integration.accounts.roles import May


@require_POST
@requires(May.WORK_CASES)
def bulk(request: HttpRequest) -> HttpResponse:
    return redirect("cases")


@require_POST
@requires(May.WORK_CASES)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    return redirect("job", pk=pk)
