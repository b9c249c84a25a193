"""`POST /api/v1/inbound/prima`: takes Prima's signed notes that something changed, and looks there.

A note is only a hint: nothing of it is kept, what changed is read from Prima's feed. So a note
that comes twice does no harm, and one that never comes is made up for by the timetable.
"""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from connectors.prima.notes import Note, is_signed, note_from
from connectors.sync.flow import hinted_by
from connectors.sync.inbound.bodies import body_of, read, said
from connectors.sync.models import PrimaSubscription
from connectors.sync.nudges import hint

MOST_BYTES = 16 * 1024


@csrf_exempt
@login_not_required
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """200 when it is taken; 401 for what nobody signed lately; 400 and 413 for what is no note."""
    body = body_of(request, MOST_BYTES)
    if body is None:
        return said("The body is too large.", 413)
    row = _signed(request, body)
    if row is None:
        PrimaSubscription.objects.update(refused=F("refused") + 1)
        return said("The signature is missing, too old or does not fit.", 401)
    note = note_from(read(body))
    if note is None:
        return said("The body is no note of a change.", 400)
    if note.company != row.company or note.resource not in row.resources:
        return said("Nobody here asked for notes of this company and resource.", 400)
    _take(row, note)
    return said("Taken.", 200)


@transaction.atomic
def _take(row: PrimaSubscription, note: Note) -> None:
    PrimaSubscription.objects.filter(pk=row.pk).update(last_received_at=timezone.now(), unheard=0)
    for flow in hinted_by(note.resource):
        hint(flow.slug)


def _signed(request: HttpRequest, body: bytes) -> PrimaSubscription | None:
    """The subscription whose secret signed it; after a new secret, the old one for a while."""
    now = timezone.now()
    for row in PrimaSubscription.objects.all():
        secrets = [row.secret]
        if row.previous_until is not None and row.previous_until > now:
            secrets.append(row.previous_secret)
        if is_signed(secrets, request.headers, body, now=now):
            return row
    return None
