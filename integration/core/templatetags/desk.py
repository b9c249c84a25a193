"""Template tags of the desk's visual language: badges, money, ages, sparklines, payload rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.apps import apps
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from integration.core.money import from_minor, is_currency, minor_digits

register = template.Library()

_TONES: Mapping[str, str] = {
    "open": "warn",
    "waiting": "accent",
    "snoozed": "calm",
    "resolved": "good",
    "dismissed": "calm",
    "proposed": "accent",
    "approved": "good",
    "refused": "bad",
    "withdrawn": "calm",
    "sent": "good",
    "held": "warn",
    "working": "accent",
    "sending": "accent",
    "rejected": "bad",
    "cancelled": "calm",
    "running": "accent",
    "succeeded": "good",
    "partly": "warn",
    "failed": "bad",
    "stopped": "calm",
    "done": "good",
    "review": "accent",
    "signed": "good",
    "locked": "good",
    "adjusted": "good",
    "healed": "good",
    "timing": "calm",
    "imported": "good",
    "preview": "accent",
    "ok": "good",
    "silent": "bad",
    "paused": "calm",
    "late": "bad",
    "subscribed": "good",
    "broken": "bad",
}


@register.simple_tag
def badge(state: str, word: str = "") -> SafeString:
    """A state as colour plus word."""
    return format_html(
        '<span class="badge-state {}">{}</span>', _TONES.get(state, "calm"), word or state.title()
    )


_HEALTH: Mapping[str, tuple[str, str]] = {
    "good": ("ok", "Well"),
    "warning": ("partly", "Look"),
    "bad": ("failed", "Trouble"),
    "off": ("paused", "Off"),
}


@register.simple_tag
def health_badge(tone: str) -> SafeString:
    """How a flow does, as colour plus word."""
    return badge(*_HEALTH[tone])


@register.filter
def money(amount: Any, currency: str = "") -> str:
    """1,234.50 GBP; an unknown currency keeps the amount as it is."""
    if amount is None or amount == "":
        return "–"
    try:
        value = Decimal(str(amount))
    except InvalidOperation:
        return f"{amount} {currency}".strip()
    digits = minor_digits(currency) if is_currency(currency) else 2
    return f"{value:,.{digits}f} {currency}".strip()


@register.filter
def minor(amount: int | None, currency: str) -> str:
    """Minor units as money: 1234, "GBP" → 12.34 GBP."""
    if amount is None:
        return "–"
    return money(from_minor(amount, currency), currency)


@register.filter
def monies(by_currency: Mapping[str, Any] | None) -> str:
    """{"GBP": "10", "EUR": "5"} → 10.00 GBP · 5.00 EUR, most first; for sentences."""
    return " · ".join(_amounts(by_currency)) or "–"


@register.filter
def monies_stacked(by_currency: Mapping[str, Any] | None) -> SafeString:
    """As `monies`, one currency a line; for cells and figures."""
    lines = [(text,) for text in _amounts(by_currency)] or [("–",)]
    return format_html_join(mark_safe("<br>"), '<span class="nowrap">{}</span>', lines)


def _amounts(by_currency: Mapping[str, Any] | None) -> list[str]:
    rows = sorted((by_currency or {}).items(), key=lambda row: -Decimal(str(row[1])))
    return [money(amount, currency) for currency, amount in rows]


@register.filter
def age(moment: datetime | None) -> str:
    """How long ago in one unit: 5 min, 3 h, 12 days."""
    if moment is None:
        return "–"
    return span((timezone.now() - moment).total_seconds())


@register.filter
def iso_day(text: str | None) -> str:
    """A day kept as text, as the pages write days: 2026-11-05 is 5 Nov 2026."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return text or ""
    return f"{day.day} {day:%b %Y}"


@register.filter
def span(seconds: float) -> str:
    """A length of time in one unit."""
    if seconds < 60:
        return "1 min"
    if seconds < 3600:
        return f"{seconds // 60:.0f} min"
    if seconds < 2 * 86_400:
        return f"{seconds // 3600:.0f} h"
    return f"{seconds // 86_400:,.0f} days"


@register.filter
def minutes(count: int) -> str:
    """An interval in its largest whole unit: 5 min, 2 h, 1 day, 90 min."""
    for size, unit in ((1440, "day"), (60, "h")):
        if count and count % size == 0:
            number = count // size
            return f"{number} {unit}" + ("s" if unit == "day" and number != 1 else "")
    return f"{count} min"


@register.simple_tag
def sparkline(values: Sequence[int], label: str) -> SafeString:
    """Bars of a daily count as SVG, with the figures for those who cannot see it."""
    top = max([*values, 1])
    width = 126 / max(len(values), 1)
    bars: Iterable[tuple[str, ...]] = (
        (
            f"{index * width:.1f}",
            f"{26 - 24 * value / top:.1f}",
            f"{max(width - 2, 1):.1f}",
            f"{24 * value / top:.1f}",
        )
        for index, value in enumerate(values)
    )
    rects = format_html_join(
        "", '<rect class="bar-in" x="{}" y="{}" width="{}" height="{}"/>', bars
    )
    return format_html(
        '<svg class="spark" viewBox="0 0 126 28" role="img" aria-label="{}: {}">'
        '<line class="axis" x1="0" y1="27" x2="126" y2="27"/>{}</svg>',
        label,
        ", ".join(str(value) for value in values),
        rects,
    )


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The page's query string with some values changed; None removes one."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        params.pop(name, None)
        if value is not None:
            params[name] = str(value)
    return f"?{params.urlencode()}"


_MOST_LINES = 8


@register.filter
def told(details: Mapping[str, Any] | None) -> SafeString:
    """Details of an entry as lines of "name: value", nothing empty, long lists cut short."""
    lines = [(name, text) for name, text in _told(details or {}, "") if text]
    shown = format_html_join(
        mark_safe("<br>"), '<span class="quiet">{}:</span> {}', lines[:_MOST_LINES]
    )
    if len(lines) <= _MOST_LINES:
        return shown
    return format_html(
        '{}<br><span class="quiet">and {} more</span>', shown, len(lines) - _MOST_LINES
    )


def _told(node: Any, name: str) -> Iterable[tuple[str, str]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            word = str(key).replace("_", " ")
            yield from _told(value, f"{name} {word}".strip())
    elif isinstance(node, list):
        if all(not isinstance(value, list | Mapping) for value in node):
            yield name, ", ".join(str(value) for value in node)
        else:
            for place, value in enumerate(node, 1):
                yield (
                    f"{name} {place}",
                    ", ".join(text for key, text in _told(value, "") if "hash" not in key and text),
                )
    elif isinstance(node, bool):
        yield name, "yes" if node else "no"
    else:
        yield name, "" if node is None else str(node)


@register.filter
def type_in_words(label: str) -> str:
    """ "exceptions.exceptioncase" → "exception case"."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label
