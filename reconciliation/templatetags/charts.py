"""Charts of reconciliation as SVG without inline styles; the figures are always there as text."""

from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from integration.core.bars import thinned
from reconciliation.ageing import AGES, Aged
from reconciliation.trend import Week

register = template.Library()
_WIDE = 1000


@register.simple_tag
def age_bar(aged: Aged, most: int) -> SafeString:
    """One bar of four parts, as long as the control has open differences beside the others."""
    scale, at, parts = _WIDE / max(most, 1), 0.0, []
    for place, count in enumerate(aged.counts):
        width = count * scale
        parts.append((place, f"{at:.1f}", f"{width:.1f}"))
        at += width
    rects = format_html_join(
        "", '<rect class="age-{}" x="{}" y="0" width="{}" height="24"/>', parts
    )
    told = ", ".join(
        f"{label}: {count}" for (_, _, label), count in zip(AGES, aged.counts, strict=True)
    )
    return format_html(
        '<svg class="agebar" viewBox="0 0 {} 24" preserveAspectRatio="none" role="img"'
        ' aria-label="{}">{}</svg>',
        _WIDE,
        told,
        rects,
    )


@register.simple_tag
def rate_bars(weeks: Sequence[Week]) -> SafeString:
    """How much of each week's lines rules matched, in percent."""
    width = 600 / max(len(weeks), 1)
    classes = thinned(len(weeks))
    bars = (
        (
            f"{place * width + 4:.1f}",
            f"{110 - week.rate:.1f}",
            f"{width - 8:.1f}",
            week.rate,
            classes[place],
            f"{place * width + width / 2:.1f}",
            f"{max(106 - week.rate, 8):.1f}",
            f"{week.rate} %" if week.lines else "",
            classes[place],
            f"{place * width + width / 2:.1f}",
            week.begins.strftime("%-d %b"),
        )
        for place, week in enumerate(weeks)
    )
    rects = format_html_join(
        "",
        '<rect class="bar-in" x="{}" y="{}" width="{}" height="{}"/>'
        '<text class="{}" x="{}" y="{}" text-anchor="middle">{}</text>'
        '<text class="{}" x="{}" y="126" text-anchor="middle">{}</text>',
        bars,
    )
    told = ", ".join(f"{week.begins:%-d %b}: {week.rate} %" for week in weeks)
    return format_html(
        '<svg class="ratebars" viewBox="0 -10 600 142" role="img" aria-label="{}">'
        '<line class="axis" x1="0" y1="10" x2="600" y2="10"/>'
        '<line class="axis" x1="0" y1="110" x2="600" y2="110"/>{}</svg>',
        f"Matched without a person, by week: {told}",
        rects,
    )
