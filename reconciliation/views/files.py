"""Files of gateways and banks: the list, the upload, the preview, and deciding about one."""

from datetime import date
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from integration.accounts.gate import person, requires
from integration.accounts.roles import May
from reconciliation import lists, periods
from reconciliation.filters.payouts import FileFilter
from reconciliation.importing import files, known, tasks
from reconciliation.importing.files import Choices, Origin
from reconciliation.importing.mappings import choices, title_of
from reconciliation.importing.overlap import question, said_of
from reconciliation.importing.problems import NotImported
from reconciliation.importing.upload import EvidenceUpload, KeptUpload
from reconciliation.models import Payout, Period, StatementFile
from reconciliation.tables.payouts import TONES, FileTable
from reconciliation.views.listing import DeskList

State = StatementFile.State


class FileList(DeskList):
    """`/reconciliation/files/`: every file that ever came, whatever became of it."""

    page = "payout-files"
    columns = lists.FILES
    template_name = "reconciliation/files.html"
    filterset_class = FileFilter
    table_class = FileTable
    title = "Files"
    lede = "Every report of a gateway and every bank statement that came, and what became of it."
    empty_title = "No files"
    empty_text = "None has come yet, or none matches the filter."

    def get_queryset(self) -> QuerySet[StatementFile]:
        return StatementFile.objects.defer("preview")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["may_import"] = person(self.request).may(May.IMPORT_PAYOUTS)
        return context


class UploadForm(forms.Form):
    """The choices are only needed when the file does not say it itself."""

    file = forms.FileField(
        label="File",
        help_text="CSV, XLSX, JSON, camt.053 or MT940, also packed as ZIP or gzip, one in each.",
    )
    format = forms.ChoiceField(
        label="What it is",
        required=False,
        help_text="The desk recognises its formats. Choose only when it was wrong.",
    )
    account = forms.CharField(
        label="Account",
        required=False,
        max_length=80,
        help_text="For files whose lines name none.",
    )
    company = forms.ChoiceField(label="Company")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        form = cast(forms.ChoiceField, self.fields["format"])
        form.choices = [("", "Recognise it"), *choices()]
        company = cast(forms.ChoiceField, self.fields["company"])
        company.choices = [(name, name) for name in settings.COMPANIES]
        if len(settings.COMPANIES) == 1:
            company.initial = settings.COMPANIES[0]
            company.required, company.widget = False, forms.HiddenInput()


@csrf_exempt  # Only until the upload knows where to stream to; `_upload` checks the token.
@requires(May.IMPORT_PAYOUTS)
def upload(request: HttpRequest) -> HttpResponseBase:
    """The form, and what was sent with it: kept while it comes, then read."""
    handler = EvidenceUpload(request)
    request.upload_handlers = [handler]
    return _upload(request, handler)


@csrf_protect
def _upload(request: HttpRequest, handler: EvidenceUpload) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and (why_not := _not_taken(handler)):
        form = UploadForm(request.POST)
        form.add_error("file", why_not)
    elif request.method == "POST" and form.is_valid():
        file = _received(request, form.cleaned_data)
        return redirect("payout-file", file.pk)
    context = {"title": "Upload a file", "form": form, "limit": settings.PAYOUT_MAX_MB << 20}
    bound_badly = request.method == "POST"
    return render(
        request, "reconciliation/file_new.html", context, status=422 if bound_badly else 200
    )


def _not_taken(handler: EvidenceUpload) -> str:
    if handler.too_large:
        return f"The file is larger than the {settings.PAYOUT_MAX_MB} MB allowed."
    if handler.not_kept:
        return (
            "The file could not be kept: the desk has no room left, or may not write. Nothing was "
            "imported. Tell whoever runs the desk, and upload it again afterwards."
        )
    return ""


def _received(request: HttpRequest, given: dict[str, Any]) -> StatementFile:
    uploaded = cast(KeptUpload, given["file"])
    origin = Origin(
        name=uploaded.name or "file",
        actor=person(request),
        company=given["company"],
        format=given["format"],
        account=given["account"],
    )
    return tasks.read_soon(files.arrive(uploaded.kept, origin))


@requires(May.VIEW_RECONCILIATION)
def file_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What the file holds and what may be done with it, or why it was not imported."""
    file = get_object_or_404(StatementFile, pk=pk)
    context = {
        "title": file.name,
        "file": file,
        "tone": TONES[file.state],
        "format_title": title_of(file.format),
        "preview": file.preview,
        "importing": file.state == State.PREVIEW and file.preview.get("importing"),
        "earlier": _earlier(file),
        "decided": _decided(file),
        "payouts": Payout.objects.filter(file=file)[:50],
        "asked": question(file.preview.get("asked", [])),
        "again": file.again.select_related("bank_line__file")[:50] if file.known else [],
        "shut": _shut(file) if file.state == State.PREVIEW else [],
        "may_import": person(request).may(May.IMPORT_PAYOUTS),
        "formats": choices() if file.state == State.HELD else [],
    }
    return render(request, "reconciliation/file.html", context)


def _shut(file: StatementFile) -> list[Period]:
    """The months that are signed already and that something in the file is dated in."""
    first, last = file.preview.get("first_day"), file.preview.get("last_day")
    if not first or not last:
        return []
    days = date.fromisoformat(first), date.fromisoformat(last)
    return list(periods.shut_within(file.company, *days))


def _decided(file: StatementFile) -> list[tuple[StatementFile, str, bool]]:
    """The earlier statements this one was compared with, by whom, and whether they are the same."""
    given = file.preview.get("given", {})
    said, who = given.get("decided", {}), given.get("decided_by", {})
    if not said:
        return []
    earlier = StatementFile.objects.defer("preview").filter(pk__in=said).order_by("pk")
    return [(one, who.get(str(one.pk), "somebody"), said[str(one.pk)] == "same") for one in earlier]


def _earlier(file: StatementFile) -> StatementFile | None:
    return known.same_file(file.sha256) if file.state == State.REFUSED else None


@require_POST
@requires(May.IMPORT_PAYOUTS)
def import_file(request: HttpRequest, pk: int) -> HttpResponse:
    file = get_object_or_404(StatementFile, pk=pk)
    user = person(request)
    if tasks.is_large(file) and file.state == State.PREVIEW:
        tasks.import_soon(file, user)
        messages.info(request, "It is being imported. This page shows when it is done.")
        return redirect("payout-file", pk)
    try:
        file = files.commit(file, actor=user)
    except NotImported as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"Imported: {file.taken}.")
    return redirect("payout-file", pk)


@require_POST
@requires(May.IMPORT_PAYOUTS)
def discard_file(request: HttpRequest, pk: int) -> HttpResponse:
    file = get_object_or_404(StatementFile, pk=pk)
    try:
        files.discard(file, actor=person(request))
    except NotImported as refusal:
        messages.error(request, refusal.message)
        return redirect("payout-file", pk)
    messages.success(request, "Discarded. Nothing of it was imported.")
    return redirect("payout-files")


@require_POST
@requires(May.IMPORT_PAYOUTS)
def read_again(request: HttpRequest, pk: int) -> HttpResponse:
    file = get_object_or_404(StatementFile, pk=pk)
    given = request.POST
    said = Choices(
        format=given.get("format", ""),
        whole=bool(given.get("whole")),
        overlap=said_of(given.get("overlap")),
        asked=given.get("asked", ""),
    )
    try:
        tasks.read_soon(files.again(file, actor=person(request), said=said))
    except NotImported as refusal:
        messages.error(request, refusal.message)
    return redirect("payout-file", pk)
