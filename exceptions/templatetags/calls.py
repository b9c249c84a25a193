"""The calls of a day by hour as SVG without inline styles; the figures are in the table below it."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from connectors.sync.spending import HOURS
from exceptions.syncs.loads import SystemLoad

register = template.Library()
_WIDE, _HIGH, _BAR = 720, 140, 24
_LABELS = range(0, HOURS, 3)


@register.simple_tag
def hour_bars(system: SystemLoad) -> SafeString:
    """One bar an hour, its flows on top of each other, most calls at the bottom."""
    top = max(system.busiest, 1)
    bars = format_html_join("", '<rect class="shade-{}" x="{}" y="{}" width="{}" height="{}"/>',
                            _bars(system, top))  # fmt: skip
    labels = format_html_join(
        "",
        '<text x="{}" y="{}">{}</text>',
        ((hour * _WIDE // HOURS, _HIGH + 20, f"{hour:02d}:00") for hour in _LABELS),
    )
    told = ", ".join(
        f"{hour:02d}:00 {number:,}" for hour, number in enumerate(_totals(system)) if number
    )
    return format_html(
        '<svg class="hourbars" viewBox="0 -28 {} {}" role="img" aria-label="{}">'
        '<text x="0" y="-6">{} in the busiest hour</text>'
        '<line class="axis" x1="0" y1="{}" x2="{}" y2="{}"/>{}{}</svg>',
        _WIDE,
        _HIGH + 52,
        f"Calls to {system.name} by hour: {told or 'none'}",
        f"{system.busiest:,} calls",
        _HIGH,
        _WIDE,
        _HIGH,
        bars,
        labels,
    )


def _bars(system: SystemLoad, top: int) -> Iterable[tuple[int, str, str, int, str]]:
    for hour in range(HOURS):
        floor = float(_HIGH)
        for line in system.lines:
            height = _HIGH * line.spent.by_hour[hour] / top
            if height:
                floor -= height
                yield (
                    line.shade,
                    f"{hour * _WIDE / HOURS:.1f}",
                    f"{floor:.1f}",
                    _BAR,
                    f"{height:.1f}",
                )


def _totals(system: SystemLoad) -> list[int]:
    return [sum(line.spent.by_hour[hour] for line in system.lines) for hour in range(HOURS)]
