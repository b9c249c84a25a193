"""Bars as SVG between text of the page, so that names and figures stay readable on a telephone."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDE = 1000
_ALL_FIT = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its name, where its bar begins and ends in any unit, its figure, and its colour."""

    name: str
    begins: float
    ends: float
    figure: str
    tone: str


def rows(bars: Sequence[Bar], told: str, kind: str) -> SafeString:
    """A name, a bar and a figure each, all on one scale; `told` says it to who does not see it."""
    reach = [0.0, *(end for bar in bars for end in (bar.begins, bar.ends))]
    low, high = min(reach), max(reach)
    scale = WIDE / (high - low or 1)
    return format_html(
        '<div class="{} rowbars" role="img" aria-label="{}">{}</div>',
        kind,
        told,
        format_html_join("", "{}", ((_row(bar, low, scale),) for bar in bars)),
    )


def _row(bar: Bar, low: float, scale: float) -> SafeString:
    zero = f"{-low * scale:.1f}"
    return format_html(
        '<div><span>{}</span><svg viewBox="0 0 {} 20" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="{}" x="{}" y="0" width="{}" height="20"/>'
        '<line class="axis" x1="{}" y1="0" x2="{}" y2="20"/></svg>'
        '<span class="figure">{}</span></div>',
        bar.name,
        WIDE,
        bar.tone,
        f"{(min(bar.begins, bar.ends) - low) * scale:.1f}",
        f"{max(abs(bar.ends - bar.begins) * scale, 1):.1f}",
        zero,
        zero,
        bar.figure,
    )


def thinned(many: int) -> list[str]:
    """The class of each label of so many columns: where it is narrow every second gives way.

    The last one, which is the newest, stays.
    """
    gives_way = many > _ALL_FIT
    return ["second" if gives_way and (many - 1 - place) % 2 else "first" for place in range(many)]
