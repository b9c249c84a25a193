"""The queue of pairs that may be one customer: how it fills, and how it empties."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from integration.core.problems import Finding, Problem, Subject, report
from integration.identity.models import Candidate

AMBIGUOUS = "ambiguous_identity"
OBJECT = "identity"
"""What these cases are about: who a contact is. Other cases of a contact are not touched."""
State = Candidate.State


@dataclass(frozen=True, slots=True)
class Found:
    """A pair that may be one customer, as the ladder found it."""

    contact_key: str
    account_code: str
    score: int
    reasons: tuple[str, ...]
    several: bool = False


def offer(contact_keys: Sequence[str], found: Sequence[Found]) -> int:
    """Makes the open candidates of these contacts exactly those found, and tells of the ambiguous.

    Answers how many are new. The same again changes nothing.
    """
    now = timezone.now()
    rows = Candidate.objects.filter(contact_key__in=contact_keys, state=State.OPEN)
    before = {(row.contact_key, row.account_code): row for row in rows}
    wanted = {(one.contact_key, one.account_code): one for one in found}
    gone = [row.pk for pair, row in before.items() if pair not in wanted]
    Candidate.objects.filter(pk__in=gone).update(
        state=State.LAPSED, decided_at=now, note="No longer suggested"
    )
    changed = [row for pair, row in before.items() if _took(row, wanted.get(pair))]
    Candidate.objects.bulk_update(changed, ["score", "several", "reasons"])
    new = [
        Candidate(
            contact_key=one.contact_key,
            account_code=one.account_code,
            score=one.score,
            several=one.several,
            reasons=list(one.reasons),
            found_at=now,
        )
        for pair, one in wanted.items()
        if pair not in before
    ]
    Candidate.objects.bulk_create(new, ignore_conflicts=True)
    was = {row.contact_key for row in before.values() if row.several}
    tell(found, was)
    return len(new)


def tell(found: Iterable[Found], was: Iterable[str] = (), *, healed_by: str = "") -> None:
    """Files a case for each contact that could be several accounts, and closes those of `was`."""
    several: dict[str, list[Found]] = {}
    for one in found:
        if one.several:
            several.setdefault(one.contact_key, []).append(one)
    findings = [_finding(key, rows) for key, rows in sorted(several.items())]
    closed = [
        Finding(_subject(key), (), OBJECT, healed_by=healed_by or "No longer ambiguous")
        for key in sorted(set(was) - set(several))
    ]
    report([*findings, *closed])


def decided(contact_key: str, account_code: str, *, by: str, linked: bool, note: str = "") -> None:
    """A person, or a rule, decided about the pair. A contact that is linked has no candidates."""
    now = timezone.now()
    about = Candidate.objects.filter(contact_key__iexact=contact_key, state=State.OPEN)
    was = set(about.filter(several=True).values_list("contact_key", flat=True))
    this = Q(account_code__iexact=account_code)
    told = {"decided_at": now, "decided_by": by[:150], "note": note[:250]}
    about.filter(this).update(state=State.ACCEPTED if linked else State.REJECTED, **told)
    if linked:
        about.update(state=State.LAPSED, **told)
    left = about.filter(several=True)
    if was and not left.exists():
        tell([], was, healed_by=f"Decided by {by}")


def _took(row: Candidate, one: Found | None) -> bool:
    """Whether the row has to be written: another score, other reasons."""
    if one is None:
        return False
    told = (one.score, one.several, list(one.reasons))
    if told == (row.score, row.several, row.reasons):
        return False
    row.score, row.several, row.reasons = told
    return True


def _finding(key: str, rows: Sequence[Found]) -> Finding:
    codes = ", ".join(sorted(one.account_code for one in rows))
    message = (
        f"The contact {key} could be any of these accounts: {codes}. Nothing was linked. Say which "
        "one it is, or that it is none of them."
    )
    facts = {"contact_key": key, "candidates": codes}
    return Finding(_subject(key), (Problem(AMBIGUOUS, message, facts),), OBJECT)


def _subject(key: str) -> Subject:
    return Subject("sfmc", OBJECT, key, label=f"Contact {key}")
