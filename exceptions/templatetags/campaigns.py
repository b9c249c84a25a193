"""Charts of the campaign report as SVG without inline styles; the figures are there as text, too."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from exceptions.campaigns.figures import Line, Week
from integration.core import bars
from integration.core.bars import Bar, thinned
from integration.core.templatetags.desk import money

register = template.Library()
_SHOWN = ("ordered", "created", "invoiced", "credited", "paid_out", "held")
_TONES = {"credited": "bar-minus", "held": "bar-held"}
_WEEK_WIDE, _WEEK_HIGH, _WIDEST_WEEK = 600, 110, 60


@register.simple_tag
def funnel(line: Line) -> SafeString:
    """What was ordered, and how much of it came how far, one bar each, longest the most."""
    cells = [line.cell(slug) for slug in _SHOWN]
    told = ", ".join(f"{cell.figure.title} {money(cell.amount, line.currency)}" for cell in cells)
    return bars.rows(
        [
            Bar(
                name=cell.figure.title,
                begins=0,
                ends=max(float(cell.amount), 0),
                figure=money(cell.amount, line.currency),
                tone=_TONES.get(cell.figure.slug, "bar-total"),
            )
            for cell in cells
        ],
        told,
        "funnel",
    )


@register.simple_tag
def week_bars(weeks: Sequence[Week]) -> SafeString:
    """Ordered by week, and within it what is in Prima and what is invoiced by now."""
    most = max([week.ordered for week in weeks] + [Decimal(1)])
    width = min(_WEEK_WIDE / max(len(weeks), 1), _WIDEST_WEEK)
    rects = []
    for place, week in enumerate(weeks):
        for name, amount in (
            ("bar-out", week.ordered),
            ("bar-in", week.created),
            ("bar-total", week.invoiced),
        ):
            high = min(max(float(amount / most), 0), 1) * _WEEK_HIGH
            rects.append(
                (
                    name,
                    f"{place * width + 4:.1f}",
                    f"{_WEEK_HIGH - high:.1f}",
                    f"{max(width - 8, 2):.1f}",
                    f"{high:.1f}",
                )
            )
    shown = range(0, len(weeks), max(len(weeks) // 10, 1))
    labels = [(f"{place * width + width / 2:.1f}", _day(weeks[place].begins)) for place in shown]
    drawn = format_html_join("", '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>', rects)
    classes = thinned(len(labels))
    texts = format_html_join(
        "",
        '<text class="{}" x="{}" y="126" text-anchor="middle">{}</text>',
        ((one, *label) for one, label in zip(classes, labels, strict=True)),
    )
    told = ", ".join(f"{_day(week.begins)}: {money(week.ordered, week.currency)}" for week in weeks)
    return format_html(
        '<svg class="ratebars" viewBox="0 -4 600 138" role="img" aria-label="{}">'
        '<line class="axis" x1="0" y1="110" x2="600" y2="110"/>{}{}</svg>',
        f"Ordered by week: {told}",
        drawn,
        texts,
    )


def _day(day: date) -> str:
    """An order may bear any date: of another year month and year, which fits below a bar, too."""
    return f"{day.day} {day:%b}" if day.year == timezone.localdate().year else f"{day:%b %Y}"
