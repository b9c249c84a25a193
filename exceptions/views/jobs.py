"""Background work with its progress."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from exceptions.bulk import why_not_undo
from exceptions.models import BulkJob
from integration.accounts.gate import person, requires
from integration.accounts.roles import May


@requires(May.VIEW_CASES)
def job_list(request: HttpRequest) -> HttpResponse:
    """Everything done over many records, newest first."""
    found = BulkJob.objects.select_related("actor", "case")
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    return render(request, "exceptions/jobs.html", {"title": "Activity", "page": page})


@requires(May.VIEW_CASES)
def job_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One piece of work: how far it is, and what did not go through."""
    job = get_object_or_404(BulkJob.objects.select_related("actor", "case"), pk=pk)
    context = {"title": job.title, "job": job, "undoable": not why_not_undo(job, person(request))}
    return render(request, "exceptions/job.html", context)


@requires(May.VIEW_CASES)
def job_part(request: HttpRequest, pk: int) -> HttpResponse:
    """Just the progress bar, fetched again every second while it runs."""
    job = get_object_or_404(BulkJob, pk=pk)
    return render(request, "exceptions/parts/job.html", {"job": job})


@requires(May.VIEW_CASES)
def job_body(request: HttpRequest, pk: int) -> HttpResponse:
    """The body of the page of one piece of work, fetched again while it runs."""
    job = get_object_or_404(BulkJob.objects.select_related("actor", "case"), pk=pk)
    return render(request, "exceptions/parts/job_body.html", {"job": job})
