"""The page of one case."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from connectors.sync.orders.draft import draft
from exceptions import access
from exceptions.action import Action, actions
from exceptions.kind import Suggestion, kind_of
from exceptions.masking import impersonal, impersonal_payload
from exceptions.models import Approval, ExceptionCase, Occurrence
from exceptions.payload import rows
from exceptions.words import known_as
from integration.accounts.gate import person, requires
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.mirror.models import PrimaOrder

PER_PAGE = 8


@requires(May.VIEW_CASES)
def case_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What is wrong, what it means, what to do; the orders behind it; everything done so far."""
    user = person(request)
    case = access.case_for(user, pk, to=May.VIEW_CASES)
    kind = kind_of(case.kind)
    sightings = Paginator(_sightings(case), PER_PAGE).get_page(request.GET.get("page"))
    shown = list(sightings.object_list)
    chosen = _chosen(case, shown, request.GET.get("order", ""))
    personal = user.may(May.SEE_PERSONAL_DATA)
    if not personal:
        for sighting in {*shown, *([chosen] if chosen else [])}:
            sighting.message = impersonal(sighting)
    buttons = _buttons(case, user)
    context = {
        "title": case.title,
        "case": case,
        "kind": kind,
        "about": known_as(case.facts, kind.personal) if personal else "",
        "sightings": sightings,
        "shown": shown,
        "chosen": chosen,
        "buttons": buttons,
        "may_correct": any(action.slug == "correct_order" for action in buttons),
        "suggestions": [
            _suggestion(case, one)
            for one in kind.suggestions(case)
            if any(one.action == action.slug for action in buttons)
        ],
        "events": case.events.all(),
        "proposal": case.approvals.filter(state=Approval.State.PROPOSED).first(),
        "jobs": case.jobs.all()[:3],
        "manual": reverse("manual-page", args=[f"kinds/{kind.slug}"]),
        **_payloads(chosen, user),
    }
    return render(request, "exceptions/case.html", context)


@requires(May.VIEW_CASES)
def case_of(request: HttpRequest, record: str, key: str) -> HttpResponse:
    """The newest case of a record of the desk, the open one first."""
    seen = Occurrence.objects.filter(system="desk", object=record, external_id=key)
    latest = seen.order_by(F("closed_at").desc(nulls_first=True), "-pk").first()
    if latest is None:
        raise Http404("There is no case of this record.")
    return redirect("case", pk=latest.case_id)


def _sightings(case: ExceptionCase) -> Any:
    return case.occurrences.order_by("closed_at", "currency", "-amount", "id")


def _chosen(case: ExceptionCase, shown: list[Occurrence], external_id: str) -> Occurrence | None:
    if external_id:
        return _sightings(case).filter(external_id=external_id).first() or next(iter(shown), None)
    return next(iter(shown), None)


def _buttons(case: ExceptionCase, user: User) -> list[Action]:
    """The kind's own actions in its order, then those every case has."""
    own = [actions()[slug] for slug in kind_of(case.kind).actions if slug in actions()]
    return [action for action in own if action.available(case, user)]


def _suggestion(case: ExceptionCase, suggestion: Suggestion) -> dict[str, Any]:
    return {
        "label": suggestion.label,
        "reason": suggestion.reason,
        "action": suggestion.action,
        "initial": dict(suggestion.initial),
    }


def _booked(chosen: Occurrence) -> Any:
    """What Prima has of the order; None while it has nothing."""
    if chosen.object != "order":
        return None
    found = PrimaOrder.objects.filter(campaign_order__key=chosen.external_id)
    return found.values_list("payload", flat=True).first()


def _target(chosen: Occurrence) -> tuple[Any, list[str]]:
    """What would be sent as far as it is known, with what is not known yet."""
    if chosen.target_payload is not None or chosen.object != "order":
        return chosen.target_payload, chosen.target_pointers
    known = draft(chosen.external_id)
    return (known.payload, list(known.missing)) if known else (None, [])


def _payloads(chosen: Occurrence | None, user: User) -> dict[str, Any]:
    if chosen is None or not user.may(May.SEE_PAYLOADS):
        return {"source_rows": [], "target_rows": []}
    source, booked = chosen.source_payload, _booked(chosen)
    done = booked is not None and chosen.closed_at is not None
    target, unknown = _target(chosen) if booked is None else (booked, chosen.target_pointers)
    if not user.may(May.SEE_PERSONAL_DATA):
        source, target = impersonal_payload(source), impersonal_payload(target)
    return {
        "booked": done,
        "source_rows": rows(source, () if done else chosen.pointers) if source is not None else [],
        "target_rows": rows(target, () if done else unknown) if target is not None else [],
    }
