"""Consent, to and from Prima's REST contract."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from connectors.prima.rest.reading import moment_or_none, text
from integration.records.consent import (
    ConsentAction,
    ConsentNote,
    ConsentState,
    NoteOutcome,
    Restriction,
)

ACTIONS: Mapping[str, ConsentAction] = {
    "opted_in": "opt_in",
    "opted_out": "opt_out",
    "objected": "objection",
    "expired": "expire",
    "bounced": "bounce",
}


def consent_from(payload: Mapping[str, Any]) -> ConsentState:
    """Raises KeyError, TypeError or ValueError for what is no state."""
    return ConsentState(
        id=text(payload, "id", needed=True),
        channel=text(payload, "channel", needed=True),
        purpose=text(payload, "purpose") or "marketing",
        action=ACTIONS[text(payload, "state", needed=True)],
        account_code=text(payload, "account_code"),
        email=text(payload, "email"),
        since=moment_or_none(payload, "since"),
        source=text(payload, "source"),
        event_id=text(payload, "event_id"),
        method=text(payload, "method"),
        wording=text(payload, "wording_version"),
        evidence_ref=text(payload, "evidence_ref"),
        actor=text(payload, "actor"),
        restrictions=tuple(map(_restriction, payload.get("restrictions") or ())),
    )


def _restriction(payload: Mapping[str, Any]) -> Restriction:
    return Restriction(
        action=ACTIONS[text(payload, "state", needed=True)],
        event_id=text(payload, "event_id", needed=True),
        since=moment_or_none(payload, "since"),
        source=text(payload, "source"),
        actor=text(payload, "actor"),
    )


def note_payload(note: ConsentNote) -> dict[str, Any]:
    subject = {"account_code": note.account_code} if note.account_code else {}
    if note.email:
        subject["email"] = note.email
    told = {
        "source": note.source,
        "method": note.method,
        "wording_version": note.wording,
        "evidence_ref": note.evidence_ref,
        "actor": note.actor,
    }
    return {
        "event_id": note.event_id,
        "subject": subject,
        "channel": note.channel,
        "purpose": note.purpose,
        "action": note.action,
        "occurred_at": note.occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        **{name: value for name, value in told.items() if value},
    }


def outcome_from(payload: Mapping[str, Any]) -> NoteOutcome:
    return NoteOutcome(applied=bool(payload["applied"]), reason=text(payload, "reason"))
