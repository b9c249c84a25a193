"""The evidence pack of a period as a download."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from integration.accounts.gate import person, requires
from integration.accounts.roles import May
from reconciliation import evidence as packs
from reconciliation.models import Period
from reconciliation.refusals import Refused


@requires(May.VIEW_RECONCILIATION, May.EXPORT)
def evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Made anew at each call; the trail keeps the hash of each."""
    period = get_object_or_404(Period, pk=pk)
    try:
        file = packs.pack(period, actor=person(request))
    except Refused as refusal:
        messages.warning(request, refusal.message)
        return redirect("period", pk=pk)
    name = f"evidence-{period.company}-{period.first_day:%Y-%m}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
