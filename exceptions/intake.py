"""Files findings as cases: the one way in.

A finding is the whole truth about one record just now. What is wrong with it becomes an open
occurrence of the case of its root cause; what was wrong before and is not any more has healed.

A dismissed case stays dismissed for the records it was dismissed with: they may be seen again and
nothing happens. A record that was not among them opens the case again, and so does any record for
a resolved case: it came back.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from exceptions import ledger
from exceptions.models import ACTIVE, ExceptionCase, Occurrence, Status
from exceptions.settling import HEALED, WENT_THROUGH, settle
from exceptions.sighting import Sighting, record_key, sightings_of
from integration.core.problems import Finding, Subject

Key = tuple[str, str, str]
Whole = Mapping[Key, Finding]


def file_findings(findings: Sequence[Finding]) -> None:
    """Opens, extends, heals and closes cases for the findings, in the caller's transaction.

    Takes a handful of queries for any number of findings. Two workers that meet the same new
    cause at the same time open one case: rows are locked in one order and the database lets only
    one open case of a cause exist.
    """
    whole = {record_key(finding.subject): finding for finding in findings}
    sightings = [sighting for finding in whole.values() for sighting in sightings_of(finding)]
    words = {key: _closed_by(finding) for key, finding in whole.items()}
    _file(whole, sightings, words)


def close_records(subjects: Sequence[Subject], words: str) -> None:
    """Closes everything that is open for these records, e.g. because a person rejected them."""
    whole = {record_key(subject): Finding(subject, (), "desk") for subject in subjects}
    _file(whole, [], dict.fromkeys(whole, words))


def _file(whole: Whole, sightings: list[Sighting], words: Mapping[Key, str]) -> None:
    with transaction.atomic():
        if sightings or _open_occurrences(whole.values()).exists():
            _file_locked(whole, sightings, words)


def _file_locked(whole: Whole, sightings: list[Sighting], words: Mapping[Key, str]) -> None:
    now = timezone.now()
    cases = _locked_cases(whole.values(), sightings, now)
    by_cause = _by_cause(cases)
    dismissed = _dismissed(by_cause, sightings)
    fresh = [
        sighting
        for sighting in sightings
        if (by_cause[sighting.cause].pk, *sighting.record) not in dismissed
    ]
    still = {(by_cause[sighting.cause].pk, *sighting.record) for sighting in fresh}
    gone = [
        (occurrence, words[_key_of(occurrence)])
        for occurrence in _open_occurrences(whole.values())
        if (occurrence.case_id, *_key_of(occurrence)) not in still
    ]
    ledger.write(fresh, {cause: case.pk for cause, case in by_cause.items()}, now)
    ledger.close([(occurrence.pk, how) for occurrence, how in gone], now)
    touched = {case.pk for case in by_cause.values()} | {row.case_id for row, _ in gone}
    seen = {by_cause[sighting.cause].pk for sighting in fresh}
    moved = [case for case in cases if case.pk in touched]
    settle(moved, seen=seen, closed=_by_case(gone), now=now)


def _locked_cases(
    findings: Iterable[Finding], sightings: list[Sighting], now: datetime
) -> list[ExceptionCase]:
    """The cases of these causes and those of what was open before, locked; new ones opened."""
    known = _lock(Q(pk__in=_open_occurrences(findings).values("case_id")) | _of(sightings))
    have = {(case.kind, case.fingerprint) for case in known}
    missing = {s.cause: s for s in sightings if s.cause not in have}
    if not missing:
        return known
    opened = [missing[cause].new_case(now) for cause in sorted(missing)]
    ExceptionCase.objects.bulk_create(opened, ignore_conflicts=True)
    return known + _lock(_of(list(missing.values())))


def _lock(wanted: Q) -> list[ExceptionCase]:
    return list(ExceptionCase.objects.filter(wanted).select_for_update(no_key=True).order_by("pk"))


def _of(sightings: list[Sighting]) -> Q:
    return Q(
        kind__in={sighting.kind for sighting in sightings},
        fingerprint__in={sighting.fingerprint for sighting in sightings},
    )


def _by_cause(cases: list[ExceptionCase]) -> dict[tuple[str, str], ExceptionCase]:
    """The one case of a cause that counts: the active one, else the newest."""
    ranked = sorted(cases, key=lambda case: (case.status in ACTIVE, case.pk))
    return {(case.kind, case.fingerprint): case for case in ranked}


def _dismissed(
    by_cause: dict[tuple[str, str], ExceptionCase], sightings: list[Sighting]
) -> set[tuple[object, ...]]:
    """Which of these records were dismissed with which case. Only dismissed cases are asked."""
    closed = {case.pk for case in by_cause.values() if case.status == Status.DISMISSED}
    if not closed:
        return set()
    rows = Occurrence.objects.filter(
        case__in=closed,
        dismissed=True,
        external_id__in={sighting.subject.external_id for sighting in sightings},
    )
    return set(rows.values_list("case_id", "system", "object", "external_id"))


def _open_occurrences(findings: Iterable[Finding]) -> QuerySet[Occurrence]:
    """Everything that was wrong with these records until now."""
    records: dict[tuple[str, str], list[str]] = {}
    for finding in findings:
        system, object_, external_id = record_key(finding.subject)
        records.setdefault((system, object_), []).append(external_id)
    wanted = Q(pk__in=[])
    for (system, object_), keys in sorted(records.items()):
        wanted |= Q(system=system, object=object_, external_id__in=keys)
    return Occurrence.objects.filter(wanted, closed_at__isnull=True).only(
        "case_id", "system", "object", "external_id"
    )


def _closed_by(finding: Finding) -> str:
    """`healed_by` is a noun ("mapping SKU X → Y") or a sentence ("The order changed …")."""
    how = finding.healed_by
    if not how:
        return HEALED if finding.problems else WENT_THROUGH
    return f"Healed: {how}" if how[0].isupper() else f"Healed by {how}"


def _by_case(gone: Sequence[tuple[Occurrence, str]]) -> dict[int, list[str]]:
    words: dict[int, list[str]] = {}
    for occurrence, how in gone:
        words.setdefault(occurrence.case_id, []).append(how)
    return words


def _key_of(occurrence: Occurrence) -> Key:
    return occurrence.system, occurrence.object, occurrence.external_id
