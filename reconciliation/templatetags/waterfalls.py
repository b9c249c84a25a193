"""Draws a payout from gross to bank as bars, and shows minor units as money."""

from collections.abc import Sequence
from itertools import accumulate

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from integration.core.money import from_minor, is_currency
from integration.core.templatetags.desk import money
from reconciliation.payouts import Step

register = template.Library()

_WIDTH, _ROW, _LABELS, _FIGURES = 760, 30, 170, 130


@register.filter
def minor(amount: int | None, currency: str) -> str:
    """123450 of GBP → 1,234.50 GBP."""
    if amount is None:
        return "–"
    return money(from_minor(amount, currency) if is_currency(currency) else amount, currency)


@register.simple_tag
def waterfall(steps: Sequence[Step], currency: str) -> SafeString:
    """One bar a step: what is added begins where the last one ended. The table below says it all."""
    ends = _spans(steps)
    low = min([0, *(min(span) for span in ends)])
    high = max([0, *(max(span) for span in ends)])
    scale = (_WIDTH - _LABELS - _FIGURES) / max(high - low, 1)
    rows = [
        _bar(index, step, (span[0] - low) * scale, (span[1] - low) * scale, currency)
        for index, (step, span) in enumerate(zip(steps, ends, strict=True))
    ]
    height = _ROW * len(steps) + 6
    zero = _LABELS - low * scale
    return format_html(
        '<svg class="waterfall" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<line class="axis" x1="{}" y1="0" x2="{}" y2="{}"/>{}</svg>',
        _WIDTH,
        height,
        "; ".join(f"{step.label} {minor(step.amount, currency)}" for step in steps),
        f"{zero:.1f}",
        f"{zero:.1f}",
        height,
        format_html_join("", "{}", ((row,) for row in rows)),
    )


def _spans(steps: Sequence[Step]) -> list[tuple[int, int]]:
    """Where each bar begins and ends, in minor units."""
    moves = [0 if step.is_total else step.amount for step in steps]
    before = [0, *accumulate(moves)]
    return [
        (0, step.amount) if step.is_total else (start, start + step.amount)
        for step, start in zip(steps, before, strict=False)
    ]


def _bar(index: int, step: Step, start: float, end: float, currency: str) -> SafeString:
    top = index * _ROW + 4
    tone = "bar-total" if step.is_total else "bar-plus" if step.amount >= 0 else "bar-minus"
    return format_html(
        '<text x="0" y="{}">{}</text><rect class="{}" x="{}" y="{}" width="{}" height="{}"/>'
        '<text class="figure" x="{}" y="{}">{}</text>',
        top + 15,
        step.label,
        tone,
        f"{_LABELS + min(start, end):.1f}",
        top,
        f"{max(abs(end - start), 1):.1f}",
        _ROW - 10,
        _WIDTH,
        top + 15,
        minor(step.amount, currency),
    )
