"""Consent events to tell."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from integration.consent.happening import Happening
from integration.consent.models import Wording

_numbers = count(1)


def opt_out(address: str = "ann@example.com", **changes: Any) -> Happening:
    return _happening(address, {"action": "opt_out", "source": "prima portal", **changes})


def objection(address: str = "ann@example.com", **changes: Any) -> Happening:
    return _happening(address, {"action": "objection", "source": "prima portal", **changes})


def opt_in(address: str = "ann@example.com", **changes: Any) -> Happening:
    """With all its evidence; the wording is made when it is not there."""
    wording()
    evidence = {
        "action": "opt_in",
        "source": "prima portal",
        "method": "double opt-in",
        "wording": "newsletter 3",
        "evidence_ref": "form 17",
    }
    return _happening(address, {**evidence, **changes})


def flag(address: str = "ann@example.com", **changes: Any) -> Happening:
    """A bare yes."""
    return _happening(address, {"action": "opt_in", "source": "prima flag", **changes})


def wording() -> Wording:
    found, _ = Wording.objects.get_or_create(
        name="newsletter",
        version="3",
        defaults={"text": "Yes, send me your news.", "added_by": "mark"},
    )
    return found


def ago(**much: float) -> datetime:
    return timezone.now() - timedelta(**much)


def _happening(address: str, members: dict[str, Any]) -> Happening:
    received = members.pop("received_at", timezone.now())
    told = {
        "event_id": f"event-{next(_numbers)}",
        "channel": "email",
        "received_at": received,
        "occurred_at": received,
        "source_system": "prima",
        "actor": "Prima",
        **members,
    }
    return Happening(address=address, **told)
