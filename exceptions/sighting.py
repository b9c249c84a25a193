"""One root cause seen at one record: what becomes an occurrence of a case."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exceptions.fingerprint import fingerprint
from exceptions.kind import kind_of
from exceptions.models import ExceptionCase
from exceptions.storable import payload, text
from integration.core.problems import Finding, Problem, Subject


@dataclass(slots=True)
class Sighting:
    """Several problems of one record with one cause (two lines with one SKU) are one sighting."""

    kind: str
    fingerprint: str
    subject: Subject
    facts: dict[str, str]
    messages: list[str]
    pointers: list[str]
    target_pointers: list[str]
    source_payload: Any
    target_payload: Any

    @property
    def cause(self) -> tuple[str, str]:
        return self.kind, self.fingerprint

    @property
    def record(self) -> tuple[str, ...]:
        return record_key(self.subject)

    def new_case(self, now: datetime) -> ExceptionCase:
        return ExceptionCase(
            kind=self.kind,
            fingerprint=self.fingerprint,
            title=text(kind_of(self.kind).title_for(self.facts), 250),
            facts=self.facts,
            first_seen_at=now,
            last_seen_at=now,
        )


def sightings_of(finding: Finding) -> Iterable[Sighting]:
    """The causes seen at the record, one each."""
    found: dict[tuple[str, str], Sighting] = {}
    payloads = (payload(finding.source_payload), payload(finding.target_payload))
    for problem in finding.problems:
        sighting = _sighting(finding, problem, payloads)
        same = found.setdefault(sighting.cause, sighting)
        if same is not sighting:
            _merge(same, sighting)
    return found.values()


def record_key(subject: Subject) -> tuple[str, str, str]:
    """The record's key as it is stored."""
    return text(subject.system, 10), text(subject.object, 40), text(subject.external_id, 120)


def _sighting(finding: Finding, problem: Problem, payloads: tuple[Any, Any]) -> Sighting:
    record = record_key(finding.subject)[2]
    kind = kind_of(problem.code)
    facts = {text(str(name)): text(str(value), 500) for name, value in problem.facts.items()}
    if kind.slug != problem.code:
        facts |= {"exception": "unknown kind of problem", "place": text(problem.code, 120)}
    facts.setdefault("order", record)
    return Sighting(
        kind=kind.slug,
        fingerprint=fingerprint(kind.slug, kind.cause(facts), record),
        subject=finding.subject,
        facts=facts,
        messages=[text(problem.message, 2_000)],
        pointers=[text(pointer) for pointer in problem.pointers],
        target_pointers=[text(pointer) for pointer in problem.target_pointers],
        source_payload=payloads[0],
        target_payload=payloads[1],
    )


def _merge(into: Sighting, other: Sighting) -> None:
    for have, more in (
        (into.messages, other.messages),
        (into.pointers, other.pointers),
        (into.target_pointers, other.target_pointers),
    ):
        have.extend(one for one in more if one not in have)
