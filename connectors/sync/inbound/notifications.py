"""`POST /api/v1/inbound/notifications`: takes signed notifications, keeps them, answers at once.

Nothing is looked up and nothing is judged here: Marketing Cloud waits three seconds at most.
"""

import hashlib
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from connectors.sfmc.notifications import SIGNATURE, is_signed
from connectors.sync.inbound.bodies import body_of, read, said
from connectors.sync.models import Notification, NotificationCallback
from connectors.sync.nudges import hint

MOST_BYTES = 4 * 1024 * 1024
MADE_WITHIN = timedelta(minutes=10)
Status = NotificationCallback.Status


@csrf_exempt
@login_not_required
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """200 for what is kept; 401 for what nobody signed; 400 and 413 for what nobody can read."""
    body = body_of(request, MOST_BYTES)
    if body is None:
        return said("The body is too large.", 413)
    told = read(body)
    given = request.headers.get(SIGNATURE, "")
    if isinstance(told, dict) and not given:
        return _verification(told)
    if not is_signed(_keys(), body, given):
        NotificationCallback.objects.update(refused=F("refused") + 1)
        return said("The signature is missing or does not fit.", 401)
    if not isinstance(told, list):
        return said("The body is not a list of events.", 400)
    _keep(body, len(told))
    return said("Kept.", 200)


def _verification(told: dict[str, Any]) -> HttpResponse:
    """The unsigned proof that the address lives, taken only while we are registering it."""
    callback_id, key = told.get("callbackId"), told.get("verificationKey")
    if not isinstance(callback_id, str) or not isinstance(key, str) or not key:
        return said("The signature is missing or does not fit.", 401)
    with transaction.atomic():
        row = (
            NotificationCallback.objects.select_for_update()
            .filter(status=Status.CREATING, created_at__gt=timezone.now() - MADE_WITHIN)
            .first()
        )
        if row is None or len(key) > 500 or len(callback_id) > 64:
            return said("The signature is missing or does not fit.", 401)
        row.callback_id, row.verification_key = callback_id, key
        row.save(update_fields=["callback_id", "verification_key"])
    return said("Kept.", 200)


@transaction.atomic
def _keep(body: bytes, events: int) -> None:
    now = timezone.now()
    _, is_new = Notification.objects.get_or_create(
        body_hash=hashlib.sha256(body).hexdigest(),
        defaults={
            "received_at": now,
            "body": body.decode("utf-8", "replace").replace("\x00", "␀"),
            "events": events,
        },
    )
    NotificationCallback.objects.filter(signature_key__gt="").update(last_received_at=now)
    if is_new:
        hint("consent_from_sfmc")


def _keys() -> list[str]:
    """Those that may sign now: after a new key, the old one for a while."""
    now = timezone.now()
    found: list[str] = []
    for row in NotificationCallback.objects.all():
        found.append(row.signature_key)
        if row.previous_until is not None and row.previous_until > now:
            found.append(row.previous_key)
    return [key for key in found if key]
