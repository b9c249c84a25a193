"""Tries a change on the real orders behind a case and tells what it would do, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from connectors.sync.orders import preview as orders_preview
from connectors.sync.orders.preview import MOST_ORDERS, BookChange, Outcome, effective
from exceptions.action import Preview, StillFailing
from exceptions.masking import impersonal_problem
from exceptions.models import ExceptionCase
from exceptions.rework import waiting_orders
from exceptions.words import counted

Differences = Sequence[tuple[str, str, str]]


def of_mappings(
    case: ExceptionCase, change: BookChange, *, differences: Differences = ()
) -> Preview:
    """What a change of the mappings would do to the orders of the case."""
    orders = waiting_orders(case)
    found = orders_preview.what_if(orders, change)
    left_out = max(0, len(orders) - MOST_ORDERS)
    return _told(case, found, differences=differences, not_tried=left_out)


def of_correction(
    case: ExceptionCase, order: str, changes: Mapping[str, Any], *, differences: Differences
) -> Preview:
    """What a correction would do to its one order."""
    return _told(case, orders_preview.what_if_corrected(order, changes), differences=differences)


def of_change(found: orders_preview.Preview, *, personal: bool, not_tried: int = 0) -> Preview:
    """What a change would do to all that waits: only those orders are told of that it touches."""
    touched = [*(outcome for outcome in found.failing if outcome.solved), *found.broken]
    healed = [outcome.key for outcome in found.healed]
    cases = ExceptionCase.objects.filter(
        occurrences__external_id__in=healed, occurrences__closed_at__isnull=True
    )
    notes = [note for note in _notes(replace(found, fine=())) if healed or touched]
    return Preview(
        healed=tuple(healed),
        still_failing=told(touched, personal=personal),
        money=found.money,
        other_cases=tuple(cases.distinct()[:20]),
        not_tried=not_tried,
        notes=tuple(notes),
    )


def told(outcomes: Sequence[Outcome], *, personal: bool) -> tuple[StillFailing, ...]:
    """Why each would be held, in words that the reader may see."""
    if personal:
        return tuple(_failing(outcome) for outcome in outcomes)
    payloads = effective([outcome.key for outcome in outcomes])
    return tuple(_impersonal(outcome, payloads.get(outcome.key)) for outcome in outcomes)


def _told(
    case: ExceptionCase,
    found: orders_preview.Preview,
    *,
    differences: Differences,
    not_tried: int = 0,
) -> Preview:
    still = [*found.failing, *found.broken]
    return Preview(
        healed=tuple(outcome.key for outcome in (*found.healed, *found.fine)),
        still_failing=tuple(_failing(outcome) for outcome in still),
        money=found.money,
        other_cases=_other_cases(case, [outcome.key for outcome in found.healed]),
        not_tried=not_tried,
        notes=tuple(_notes(found)),
        differences=tuple(differences),
    )


def _failing(outcome: Outcome) -> StillFailing:
    return StillFailing(outcome.key, tuple(problem.message for problem in outcome.problems))


def _impersonal(outcome: Outcome, payload: Any) -> StillFailing:
    reasons = (impersonal_problem(problem, payload) for problem in outcome.problems)
    return StillFailing(outcome.key, tuple(reasons))


def _notes(found: orders_preview.Preview) -> Iterable[str]:
    if found.fine:
        number = counted(len(found.fine), "order")
        yield f"{number} would go through already, without this change."
    if found.broken:
        number = counted(len(found.broken), "order")
        yield f"{number} would be held because of this change."
    solved = sum(1 for outcome in found.failing if outcome.solved)
    if solved:
        yield f"{counted(solved, 'order')} would lose this problem but be held by another."
    if not (found.healed or found.fine or solved):
        yield "It would not help any of the orders."


def _other_cases(case: ExceptionCase, keys: Sequence[str]) -> tuple[ExceptionCase, ...]:
    """Other cases that these orders would leave as well."""
    others = ExceptionCase.objects.exclude(pk=case.pk).filter(
        occurrences__external_id__in=keys, occurrences__closed_at__isnull=True
    )
    return tuple(others.distinct()[:20])
