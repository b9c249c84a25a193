"""Draws a payout from gross to bank as bars, and shows minor units as money."""

from collections.abc import Sequence
from itertools import accumulate

from django import template
from django.utils.safestring import SafeString

from integration.core import bars
from integration.core.bars import Bar
from integration.core.money import from_minor, is_currency
from integration.core.templatetags.desk import money
from reconciliation.payouts import Step

register = template.Library()


@register.filter
def minor(amount: int | None, currency: str) -> str:
    """123450 of GBP → 1,234.50 GBP."""
    if amount is None:
        return "–"
    return money(from_minor(amount, currency) if is_currency(currency) else amount, currency)


@register.simple_tag
def waterfall(steps: Sequence[Step], currency: str) -> SafeString:
    """One bar a step: what is added begins where the last one ended. The table below says it all."""
    return bars.rows(
        [
            Bar(step.label, begins, ends, minor(step.amount, currency), _tone(step))
            for step, (begins, ends) in zip(steps, _spans(steps), strict=True)
        ],
        "; ".join(f"{step.label} {minor(step.amount, currency)}" for step in steps),
        "waterfall",
    )


def _spans(steps: Sequence[Step]) -> list[tuple[int, int]]:
    """Where each bar begins and ends, in minor units."""
    moves = [0 if step.is_total else step.amount for step in steps]
    before = [0, *accumulate(moves)]
    return [
        (0, step.amount) if step.is_total else (start, start + step.amount)
        for step, start in zip(steps, before, strict=False)
    ]


def _tone(step: Step) -> str:
    if step.is_total:
        return "bar-total"
    return "bar-plus" if step.amount >= 0 else "bar-minus"
