"""The preview of a mapping that is being written in Admin."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from exceptions import mapping_preview
from integration.accounts.gate import person, requires
from integration.accounts.roles import May


@require_POST
@requires(May.VIEW_ADMIN)
def preview(request: HttpRequest, model: str) -> HttpResponse:
    """Takes the form of Admin as it stands there, `?pk=` when one is changed; saves nothing."""
    if model not in mapping_preview.MODELS:
        raise Http404("There is no such mapping.")
    kept = mapping_preview.MODELS[model]
    keeper: Any = admin.site.get_model_admin(kept)
    given = request.GET.get("pk", "")
    row = get_object_or_404(kept, pk=int(given)) if given.isdecimal() else None
    may = keeper.has_change_permission(request, row) if row else keeper.has_add_permission(request)
    if not may:
        raise PermissionDenied("Your roles do not let you keep mappings.")
    form = keeper.get_form(request, row)(request.POST, instance=row)
    context: dict[str, Any] = {"title": "What it would do", "form": form, "what": kept._meta}
    if form.is_valid():
        mapping = form.save(commit=False)
        personal = person(request).may(May.SEE_PERSONAL_DATA)
        was = kept.objects.get(pk=row.pk) if row else None  # The form has changed `row` itself.
        found = mapping_preview.of(mapping, was=was, personal=personal)
        context |= {"mapping": mapping, "preview": found.new, "was": was, "lost": found.old}
    return render(
        request, "exceptions/mapping_preview.html", context, status=200 if form.is_valid() else 422
    )
