"""Tells the exception queues what does not agree: one record, all that is wrong with it."""

import hashlib
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import islice

from integration.core.money import from_minor, is_currency
from integration.core.problems import Finding, Problem, Subject, report
from reconciliation.control import Control, kind_slug
from reconciliation.differences import open_of
from reconciliation.models import Difference

SYSTEM = "desk"
_AT_ONCE = 500


def tell(control: Control, keys: Iterable[str]) -> None:
    """Files the findings of these records, in the caller's transaction."""
    rest = iter(sorted(keys))
    while some := list(islice(rest, _AT_ONCE)):
        by_key: dict[str, list[Difference]] = {key: [] for key in some}
        for difference in open_of(control.slug, some):
            by_key[difference.key].append(difference)
        report([_finding(control, key, rows) for key, rows in by_key.items()])


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
