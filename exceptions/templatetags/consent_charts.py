"""The chart of the lag as SVG without inline styles; the figures are always there as text."""

from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from exceptions.consent.figures import Day
from integration.core.bars import thinned

register = template.Library()
_HIGH = 100


@register.filter
def lag(seconds: float) -> str:
    """A duration as people say it: "4.2 s", "3 min", "2.5 h"."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    if seconds < 3_600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3_600:.1f} h"


@register.simple_tag
def lag_bars(days: Sequence[Day]) -> SafeString:
    """Within what time nineteen of twenty opt-outs of each day were confirmed."""
    most = max((day.p95 for day in days), default=0) or 1
    width = 600 / max(len(days), 1)
    classes = thinned(len(days))
    bars = (
        (
            f"{place * width + 4:.1f}",
            f"{110 - day.p95 / most * _HIGH:.1f}",
            f"{width - 8:.1f}",
            f"{day.p95 / most * _HIGH:.1f}",
            classes[place],
            f"{place * width + width / 2:.1f}",
            f"{max(106 - day.p95 / most * _HIGH, 8):.1f}",
            lag(day.p95) if day.count else "",
            classes[place],
            f"{place * width + width / 2:.1f}",
            f"{day.day:%-d}",
        )
        for place, day in enumerate(days)
    )
    rects = format_html_join(
        "",
        '<rect class="bar-in" x="{}" y="{}" width="{}" height="{}"/>'
        '<text class="{}" x="{}" y="{}" text-anchor="middle">{}</text>'
        '<text class="{}" x="{}" y="126" text-anchor="middle">{}</text>',
        bars,
    )
    told = ", ".join(f"{day.day:%-d %b}: {lag(day.p95) if day.count else 'none'}" for day in days)
    return format_html(
        '<svg class="ratebars" viewBox="0 -10 600 142" role="img" aria-label="{}">'
        '<line class="axis" x1="0" y1="110" x2="600" y2="110"/>{}</svg>',
        f"Nineteen of twenty opt-outs confirmed within, by day: {told}",
        rects,
    )
