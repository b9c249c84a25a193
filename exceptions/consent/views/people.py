"""Finding a person, their consent page, everything held of them, and taking it away."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from exceptions.consent import dossier, proof
from exceptions.consent.dossier import Dossier
from integration.accounts.gate import person, requires
from integration.accounts.roles import May
from integration.audit import trail
from integration.consent import addresses
from integration.consent.models import ConsentEvent
from integration.core.cells import neutral
from integration.core.personal import masked
from integration.exports import as_csv

FORMS = ("csv", "pdf", "all")


@requires(May.VIEW_CONSENT)
def find(request: HttpRequest) -> HttpResponse:
    """`/consent/people/`: by address, key, account or order; typed into the body, not the address."""
    text = request.POST.get("q", "").strip()[:320] if request.method == "POST" else ""
    found = dossier.of_text(text) if text else None
    context: dict[str, Any] = {"title": "Find a person", "asked": bool(text), "q": text}
    if found is not None and not _is_nobody(found) and (handle := dossier.handle(found)):
        return redirect("consent-person", hashed=handle)
    return render(request, "consent/find.html", context)


@requires(May.VIEW_CONSENT)
def person_page(request: HttpRequest, hashed: str) -> HttpResponse:
    """Every event, wording, route and confirmation of one person, and what holds now."""
    found = _found(hashed)
    user = person(request)
    personal = user.may(May.SEE_PERSONAL_DATA)
    clear = found.clear_addresses()
    ways: dict[int, list[Any]] = {}
    for way in found.propagations().order_by("target"):
        ways.setdefault(way.event_id, []).append(way)
    context: dict[str, Any] = {
        "title": "Consent of one person",
        "hash": hashed,
        "names": _names(found, personal=personal),
        "states": [(one, one.standing().since()) for one in found.states().order_by("channel")],
        "persons": {addresses.person_hash(uid) for uid in found.uids},
        "suppressions": found.suppressions().order_by("channel", "reason"),
        "events": [(event, ways.get(event.pk, [])) for event in found.events()],
        "held": _held(found),
        "personal": personal,
        "erased": found.golden().filter(erased_at__isnull=False).exists()
        or found.addresses().filter(erased_at__isnull=False).exists(),
        "erasure": found.erasures().first(),
        "back": bool(clear),
        "may_keep": user.may(May.KEEP_CONSENT),
        "may_erase": user.may(May.ERASE_PEOPLE) and bool(clear),
        "customers": found.golden() if user.may(May.VIEW_CUSTOMERS) else [],
        "contacts": _alone(found) if user.may(May.VIEW_CUSTOMERS) else [],
        "may_export": user.may(May.EXPORT) and personal,
    }
    return render(request, "consent/person.html", context)


@require_POST
@requires(May.VIEW_CONSENT, May.EXPORT, May.SEE_PERSONAL_DATA)
def take_away(request: HttpRequest, hashed: str, form: str) -> HttpResponseBase:
    """The consent record as CSV or PDF, or everything that is held, as CSV."""
    if form not in FORMS:
        raise Http404
    user = person(request)
    found = _found(hashed)
    trail.record("person exported", actor=user, label=f"Person {hashed[:12]}", form=form)
    day = f"{timezone.localdate():%Y-%m-%d}"
    if form == "pdf":
        name = ", ".join(sorted(found.emails)) or f"Person {hashed[:12]}"
        answer: HttpResponseBase = HttpResponse(
            proof.pdf(found, name, str(user)), content_type="application/pdf"
        )
    else:
        lines = as_csv(proof.table(found)) if form == "csv" else _everything(found)
        answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    ending = "pdf" if form == "pdf" else "csv"
    what = "everything" if form == "all" else "consent"
    answer["Content-Disposition"] = f'attachment; filename="{what}-{day}.{ending}"'
    return answer


def _everything(found: Dossier) -> Iterator[bytes]:
    """What is held, row by row: what it is, its key, its contents."""
    yield "\ufeff".encode()
    line = io.StringIO()
    writer = csv.writer(line)
    for what, key, contents in [("What", "Key", "Contents"), *dossier.lines(found)]:
        told = (
            contents
            if isinstance(contents, str)
            else json.dumps(contents, cls=DjangoJSONEncoder, ensure_ascii=False)
        )
        writer.writerow([neutral(what), neutral(key), neutral(told)])
        yield line.getvalue().encode()
        line.seek(0)
        line.truncate()


def _found(hashed: str) -> Dossier:
    """Raises Http404 for a handle behind which nothing is known."""
    found = dossier.of_handle(hashed)
    if _is_nobody(found):
        raise Http404
    return found


def _is_nobody(found: Dossier) -> bool:
    return found.is_empty and not (
        ConsentEvent.objects.filter(address_hash__in=found.hashes).exists()
        or found.uids
        or found.orders().exists()
    )


def _alone(found: Dossier) -> list[str]:
    """Contacts that are no linked customer's, and so have a page of their own."""
    return sorted(found.contact_keys) if not found.uids else []


def _names(found: Dossier, *, personal: bool) -> list[str]:
    shown = sorted(found.emails) + sorted(found.contact_keys) + sorted(found.accounts)
    return shown if personal else [masked(one) if "@" in one else one for one in shown]


def _held(found: Dossier) -> list[tuple[str, int]]:
    return [
        ("Contacts of Marketing Cloud", found.contacts().count()),
        ("Accounts of Prima", found.customers().count()),
        ("Campaign orders", found.orders().count()),
        ("Corrections of orders", found.corrections().count()),
        ("Consent events", found.events().count()),
        ("Cases", found.occurrences().count()),
        ("Kept calls", found.exchanges().count()),
    ]
