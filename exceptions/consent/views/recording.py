"""Recording by hand: a no, a yes with its evidence, and erasing a person."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from connectors.sync.nudges import nudge_consent
from exceptions.consent import dossier, erasure
from exceptions.consent.forms import EraseForm, OptInForm, OptOutForm
from exceptions.problems import Refused
from integration.accounts.gate import person, requires
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.audit import trail
from integration.consent import addresses, ledger, rules
from integration.consent.happening import Happening
from integration.consent.models import ConsentEvent, Source

FLOWS = ("consent_to_sfmc", "consent_to_prima")


@requires(May.VIEW_CONSENT, May.KEEP_CONSENT)
def opt_out(request: HttpRequest) -> HttpResponse:
    form = OptOutForm(request.POST or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        action = rules.OBJECTION if given["everything"] else rules.OPT_OUT
        event = _record(given, action, person(request), "")
        messages.success(
            request, "Recorded. They are not written to any more; both systems are being told."
        )
        return redirect("consent-person", hashed=event.address_hash)
    return _page(request, form, "Record an opt-out", "Record")


@requires(May.VIEW_CONSENT, May.KEEP_CONSENT)
def opt_in(request: HttpRequest) -> HttpResponse:
    form = OptInForm(request.POST or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        event = _record(given, rules.OPT_IN, person(request), str(given["wording"]))
        _say(request, event)
        return redirect("consent-person", hashed=event.address_hash)
    return _page(request, form, "Record an opt-in", "Record")


@requires(May.VIEW_CONSENT, May.ERASE_PEOPLE)
def erase(request: HttpRequest, hashed: str) -> HttpResponse:
    found = dossier.of_handle(hashed)
    known = found.clear_addresses()
    if not known and found.erasures().exists():
        messages.info(request, "They are erased already.")
        return redirect("consent-person", hashed=hashed)
    if not known:
        raise Http404
    form = EraseForm(request.POST or None, known=known)
    if request.method == "POST" and form.is_valid():
        try:
            erasure.erase(found, hashed, reason=form.cleaned_data["reason"], actor=person(request))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request, "Erased. What keeps them from being written to stays, without their name."
            )
            return redirect("consent-person", hashed=dossier.handle(found))
    context = {"title": "Erase a person", "form": form, "hash": hashed}
    return render(request, "consent/erase.html", context)


@transaction.atomic
def _record(given: dict[str, Any], action: str, actor: User, wording: str) -> ConsentEvent:
    """The event, its audit entry and the nudges commit together."""
    now = timezone.now()
    channel, _ = rules.widened(action, given["channel"], rules.MARKETING)
    hashed = addresses.address_hash(given["channel"], given["address"])
    known = dossier.of_text(given["address"])
    [event, *_] = ledger.record(
        [
            Happening(
                event_id=f"desk:{uuid4()}",
                address=given["address"],
                channel=given["channel"],
                action=action,
                received_at=now,
                occurred_at=given["said_on"],
                customer_uid=UUID(next(iter(known.uids))) if len(known.uids) == 1 else None,
                source_system=Source.DESK,
                source="desk",
                method=given["how"],
                actor=str(actor),
                note=given["note"],
                evidence_ref=given["reference"],
                wording=wording,
            )
        ]
    )
    trail.record(
        "consent recorded", actor=actor, label=f"Person {hashed[:12]}", said=action,
        channel=channel, how=given["how"], reference=given["reference"],
    )  # fmt: skip
    nudge_consent(*FLOWS)
    return event


def _say(request: HttpRequest, event: ConsentEvent) -> None:
    if event.unsupported:
        messages.warning(request, f"Recorded, but it does not count: {event.unsupported}")
        return
    messages.success(request, "Recorded with its evidence; both systems are being told.")


def _initial(request: HttpRequest) -> dict[str, Any]:
    """The address of the person whose page it was opened from."""
    now = timezone.localtime().replace(second=0, microsecond=0)
    initial: dict[str, Any] = {"said_on": now, "channel": "email"}
    hashed = request.GET.get("person", "")
    if hashed and person(request).may(May.SEE_PERSONAL_DATA):
        initial["address"] = next(iter(sorted(dossier.of_handle(hashed[:64]).emails)), "")
    return initial


def _page(request: HttpRequest, form: Any, title: str, verb: str) -> HttpResponse:
    context = {"title": title, "form": form, "verb": verb}
    return render(request, "consent/form.html", context)
