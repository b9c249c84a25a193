"""The trend of drift as SVG without inline styles; its figures are there as text as well."""

from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from integration.core.bars import thinned
from integration.ownership.models import Comparison

register = template.Library()
_WIDE, _HIGH, _TOP, _WIDEST = 700, 120, 14, 64


@register.simple_tag
def drift_trend(comparisons: Sequence[Comparison]) -> SafeString:
    """A bar a comparison: how many customers differed, oldest first. Few bars stay slim."""
    most = max((one.differing for one in comparisons), default=0) or 1
    width = min(_WIDE / max(len(comparisons), 1), _WIDEST)
    classes = thinned(len(comparisons))
    bars = (
        (
            f"{place * width + 3:.1f}",
            f"{_HIGH - one.differing * (_HIGH - _TOP) / most:.1f}",
            f"{max(width - 6, 2):.1f}",
            f"{one.differing * (_HIGH - _TOP) / most:.1f}",
            classes[place],
            f"{place * width + width / 2:.1f}",
            one.differing,
        )
        for place, one in enumerate(comparisons)
    )
    drawn = format_html_join(
        "",
        '<rect class="bar-in" x="{}" y="{}" width="{}" height="{}"/>'
        '<text class="{}" x="{}" y="138" text-anchor="middle">{}</text>',
        bars,
    )
    told = ", ".join(
        f"{localtime(one.started_at):%-d %b %H:%M}: {one.differing}" for one in comparisons
    )
    return format_html(
        '<svg class="drifttrend" viewBox="0 0 {} 144" role="img" aria-label="{}">'
        '<line class="axis" x1="0" y1="120" x2="{}" y2="120"/>{}</svg>',
        _WIDE,
        f"Customers that differed at each comparison: {told}",
        _WIDE,
        drawn,
    )
