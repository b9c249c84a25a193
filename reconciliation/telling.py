"""Tells the exception queues what does not agree: one record, all that is wrong with it."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from itertools import islice

from django.db import transaction
from django.utils import timezone

from integration.accounts.models import User
from integration.audit import trail
from integration.core.money import from_minor, is_currency
from integration.core.problems import Finding, Problem, Subject, report
from reconciliation.control import Control, kind_slug
from reconciliation.differences import open_of
from reconciliation.models import Difference, DifferenceEvent
from reconciliation.refusals import Refused

SYSTEM = "desk"
ASKED = "Asked operations"
_AT_ONCE = 500


def tell(control: Control, keys: Iterable[str]) -> None:
    """Files the findings of these records, in the caller's transaction."""
    rest = iter(sorted(keys))
    while some := list(islice(rest, _AT_ONCE)):
        by_key: dict[str, list[Difference]] = {key: [] for key in some}
        for difference in open_of(control.slug, some):
            by_key[difference.key].append(difference)
        report([_finding(control, key, rows) for key, rows in by_key.items()])


def ask(difference: Difference, question: str, *, actor: User) -> None:
    """Puts a question to operations as a case of its own; it closes with the difference."""
    words = question.strip()
    if not words:
        raise Refused("Write the question; operations reads it.")
    if difference.closed_at is not None:
        raise Refused("The difference is closed already.")
    with transaction.atomic():
        facts = {"difference": str(difference.pk), "title": difference.title}
        problem = Problem("question_to_operations", f"{actor} asks: {words}", facts)
        report([Finding(_question(difference), (problem,), "reconciliation")])
        DifferenceEvent.objects.create(
            difference=difference,
            at=timezone.now(),
            actor=actor,
            actor_name=str(actor),
            action=ASKED,
            note=words,
        )
        trail.record("operations asked", actor=actor, target=difference, question=words)


def answered(closed: Collection[int]) -> None:
    """The questions about differences that have closed need no answer any more."""
    asked = Difference.objects.filter(pk__in=closed, events__action=ASKED).distinct()
    report(
        [
            Finding(_question(one), (), "reconciliation", healed_by="The difference has closed.")
            for one in asked
        ]
    )


def _question(difference: Difference) -> Subject:
    return Subject(
        system=SYSTEM,
        object="question",
        external_id=f"difference {difference.pk}",
        label=difference.title[:200],
        amount=_amount(difference),
        currency=difference.currency,
    )


def subject_key(key: str) -> str:
    """The key as queues know it; a long one is shortened so that it stays the only one."""
    if len(key) <= 120:
        return key
    return f"{key[:100]}…{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def _finding(control: Control, key: str, rows: Sequence[Difference]) -> Finding:
    worst = max(rows, key=lambda row: abs(row.amount), default=None)
    return Finding(
        subject=Subject(
            system=SYSTEM,
            object=control.slug,
            external_id=subject_key(key),
            label=worst.title[:200] if worst else key[:200],
            amount=_amount(worst),
            currency=worst.currency if worst else "",
        ),
        problems=tuple(_problem(control, row) for row in rows),
        source=control.slug,
        source_payload=worst.left if worst else None,
        target_payload=worst.right if worst else None,
        healed_by="" if rows else "Both sides agree",
    )


def _problem(control: Control, row: Difference) -> Problem:
    category = control.category(row.category)
    cause = _cause(row) if category.systematic else row.key
    pointers = [f"/{name}" for name in row.fields]
    return Problem(
        kind_slug(control.slug),
        row.title,
        {
            "category": category.slug,
            "category_title": category.title,
            "cause": cause,
            "difference": str(row.pk),
            "title": row.title,
            "systematic": "yes" if category.systematic else "",
        },
        pointers=pointers,
        target_pointers=pointers,
    )


def _cause(row: Difference) -> str:
    """What a systematic difference comes from: one gateway, or one charge code."""
    return row.cause or row.gateway or row.key


def _amount(row: Difference | None) -> Decimal | None:
    if row is None or not is_currency(row.currency):
        return None
    return abs(from_minor(row.amount, row.currency))
