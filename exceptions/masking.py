"""What was said of a record, for those who may not see whom it names."""

from collections.abc import Mapping
from typing import Any

from exceptions.kind import kind_of
from exceptions.models import Occurrence
from exceptions.words import unnamed
from integration.core.personal import PERSONAL, masked_payload, masked_words
from integration.core.problems import Problem
from integration.exports import without_emails

_SIDES = ("sfmc", "prima")


def impersonal(sighting: Occurrence) -> str:
    """The message with names, e-mail addresses, lines of addresses and the like masked."""
    return _impersonal(
        sighting.message,
        sighting.facts,
        sighting.case.kind,
        _by_field(sighting.source_payload),
        sighting.target_payload,
    )


def impersonal_problem(problem: Problem, payload: Any) -> str:
    """The same for what was only found, of the record with the payload."""
    return _impersonal(problem.message, problem.facts, problem.code, payload)


def impersonal_payload(payload: Any) -> Any:
    """The payload with personal fields masked, also where it is two sides of one named field."""
    if not _is_of_sides(payload):
        return masked_payload(payload)
    hide = str(payload["field"]) in PERSONAL
    return {**payload, **{side: masked_payload(payload[side], hide=hide) for side in _SIDES}}


def _impersonal(message: str, facts: Mapping[str, str], kind: str, *payloads: Any) -> str:
    told = unnamed(message, facts, kind_of(kind).personal)
    return without_emails(masked_words(told, *payloads))


def _is_of_sides(payload: Any) -> bool:
    return isinstance(payload, Mapping) and {"field", *_SIDES} <= payload.keys()


def _by_field(payload: Any) -> Any:
    """{"field": "name", "sfmc": x, "prima": y}, as drift is told, under the name of the field."""
    if not _is_of_sides(payload):
        return payload
    field = str(payload["field"])
    return {**payload, **{side: {field: payload[side]} for side in _SIDES}}
