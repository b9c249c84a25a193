"""Taking an action on one case: its form, its preview, and doing it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from exceptions import access
from exceptions.action import Action, Done, Preview, actions
from exceptions.kind import kind_of
from exceptions.models import ExceptionCase
from exceptions.problems import Refused, Stale
from integration.accounts.gate import check, person, requires
from integration.accounts.roles import May


@requires(May.VIEW_CASES)
def act(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """GET shows the form; POST shows the preview where there is one, and does it when confirmed."""
    user = person(request)
    action = actions().get(slug)
    if action is None:
        raise Http404("There is no such action.")
    check(user, action.permission)
    case = access.case_for(user, pk, to=action.permission)
    given = request.POST if request.method == "POST" else request.GET
    form_class = action.form_class(case, given)
    if request.method != "POST":
        initial = {**action.initial(case), **request.GET.dict()}
        return _page(request, action, case, form_class(initial=initial))
    if "look" in request.POST:
        return _page(request, action, case, form_class(initial=request.POST.dict()))
    form = form_class(request.POST)
    if not form.is_valid():
        return _page(request, action, case, form, status=422)
    return _post(request, action, case, form)


def _post(
    request: HttpRequest, action: Action, case: ExceptionCase, form: forms.Form
) -> HttpResponse:
    user = person(request)
    try:
        if _wants_preview(request, action, case, form):
            preview = action.preview(case, form.cleaned_data, user)
            return _page(request, action, case, form, preview=preview)
        done = action.take(case, form.cleaned_data, actor=user, version=_version(request))
    except Stale as problem:
        messages.warning(request, problem.message)
        return redirect("case", pk=case.pk)
    except Refused as problem:
        form.add_error(None, problem.message)
        return _page(request, action, case, form, status=422)
    return _after(request, case, done)


def _wants_preview(
    request: HttpRequest, action: Action, case: ExceptionCase, form: forms.Form
) -> bool:
    if "show_preview" in request.POST:
        return True
    proof = request.POST.get("proof", "")
    return action.must_preview and not action.is_proof(proof, case, form.cleaned_data)


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() else None


def _after(request: HttpRequest, case: ExceptionCase, done: Done) -> HttpResponse:
    messages.success(request, done.message)
    if done.job is not None:
        return redirect("job", pk=done.job.pk)
    return redirect("case", pk=case.pk)


def _page(
    request: HttpRequest,
    action: Action,
    case: ExceptionCase,
    form: forms.Form,
    *,
    preview: Preview | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "title": action.label,
        "action": action,
        "case": case,
        "kind": kind_of(case.kind),
        "form": form,
        "preview": preview,
        "previewed": preview is not None,
        "proof": action.proof(case, form.cleaned_data) if preview is not None else "",
        "version": request.POST.get("version") or case.version,
        "back": reverse("case", args=[case.pk]),
    }
    return render(request, "exceptions/action.html", context, status=status)
