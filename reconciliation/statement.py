"""The statement of a period: its figures, and the same page as PDF."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import Any

from django.db.models import Count, Sum
from django.utils import timezone
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from integration.core.money import from_minor
from reconciliation import carrying, checklist
from reconciliation.control import controls
from reconciliation.models import Adjustment, Difference, LateArrival, Match, Period
from reconciliation.tolerated import standing, swallowing

_FONT = "Open Sans"
_TIMING = Adjustment.Kind.TIMING
_FACES = {"": "OpenSans-Regular.ttf", "B": "OpenSans-Bold.ttf"}


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the statement: what, in which currency, how many, how much."""

    what: str
    currency: str
    count: int
    amount: str


def figures(period: Period) -> list[Figure]:
    """Matched, swallowed by tolerances, booked for exchange rates, adjusted, still open, arrived late.

    By what and currency, each amount net: signed as it differs.
    """
    days = {"day__gte": period.first_day, "day__lte": period.last_day, "company": period.company}
    matched = Match.objects.filter(undone_at__isnull=True, **days)
    adjusted = standing(Adjustment.objects.filter(state=Adjustment.State.APPROVED, **days))
    still_open = Difference.objects.filter(closed_at__isnull=True, **days)
    late = LateArrival.objects.filter(period=period)
    kinds = dict(Adjustment.Kind.choices)
    titles = {slug: control.title for slug, control in controls().items()}
    return [
        *_figures("Matched: {}", matched, "control", "left_total", titles),
        *_figures(
            "Tolerance used: {}",
            swallowing().filter(undone_at__isnull=True, **days),
            "control",
            "difference",
            titles,
        ),
        *_figures(
            "Exchange differences booked: {}",
            matched.exclude(fx_difference=0),
            "account_code",
            "fx_difference",
            currency="fx_currency",
        ),
        *_figures("Adjusted: {}", adjusted.exclude(kind=_TIMING), "kind", "amount", kinds),
        *_figures(
            "Not booked: {}",
            adjusted.filter(kind=_TIMING),
            "kind",
            "amount",
            {_TIMING: "marked as timing"},
        ),
        *_figures("Open: {}", still_open, "control", "amount", titles),
        *_carried(period, titles),
        *_figures("Arrived late: {}", late, "object_type", "amount"),
    ]


def _explanation(point: checklist.Point) -> str:
    return f"{point.explained} ({point.explained_by})" if point.explained else ""


def _carried(period: Period, titles: Mapping[str, str]) -> Iterator[Figure]:
    """As it was when the period was locked, whatever became of it since."""
    for one in carrying.kept_of(period):
        currency = one["currency"]
        amount = f"{from_minor(int(one['amount']), currency):,}" if currency else ""
        what = f"Carried forward: {titles.get(one['control'], one['control'])}"
        yield Figure(what, currency, one["count"], amount)


def _figures(
    words: str,
    found: Any,
    by: str,
    amount: str,
    names: Mapping[str, str] | None = None,
    *,
    currency: str = "currency",
) -> list[Figure]:
    rows = found.order_by(by, currency).values_list(by, currency).annotate(Count("pk"), Sum(amount))
    return [
        Figure(
            words.format((names or {}).get(key, key.replace("_", " "))),
            code,
            number,
            f"{from_minor(total or 0, code):,}" if code else "",
        )
        for key, code, number, total in rows
    ]


def pdf(context: Mapping[str, Any]) -> bytes:
    """The statement on A4: figures, checklist, signatures."""
    period = context["period"]
    page = FPDF(format="A4")
    page.set_title(f"Statement of {period}")
    page.set_creation_date(context["made_at"])
    _embed(page)
    page.add_page()
    page.set_font(_FONT, "B", 16)
    _line(page, f"Statement of {period}, company {period.company}")
    page.set_font(_FONT, size=10)
    days = f"{period.first_day:%d %b %Y} – {period.last_day:%d %b %Y}"
    _line(page, f"{days}, {period.get_state_display().lower()}")
    _heading(page, "Figures")
    _table(
        page,
        ("What", "Currency", "Count", "Amount, net"),
        [(one.what, one.currency, f"{one.count:,}", one.amount) for one in context["figures"]],
        align=("LEFT", "LEFT", "RIGHT", "RIGHT"),
    )
    _heading(page, "Checklist")
    _table(
        page,
        ("Point", "Left", "Explanation"),
        [(point.title, str(point.count), _explanation(point)) for point in context["points"]],
        align=("LEFT", "RIGHT", "LEFT"),
    )
    _heading(page, "Who did what")
    _table(
        page,
        ("When", "Who", "What", "Why"),
        [
            (_when(event.at), event.actor_name, checklist.said(event), event.reason)
            for event in context["events"]
        ],
        align=("LEFT", "LEFT", "LEFT", "LEFT"),
    )
    return bytes(page.output())


def _embed(page: FPDF) -> None:
    """Latin, Greek and Cyrillic letters; the built-in fonts of PDF know Western Europe only."""
    for style, face in _FACES.items():
        with as_file(files("ttf_opensans") / "ttf" / face) as path:
            page.add_font(_FONT, style, path)


def _when(moment: Any) -> str:
    return f"{timezone.localtime(moment):%d %b %Y, %H:%M}"


def _line(page: FPDF, text: str) -> None:
    page.cell(text=text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _heading(page: FPDF, text: str) -> None:
    page.ln(6)
    page.set_font(_FONT, "B", 12)
    _line(page, text)
    page.set_font(_FONT, size=9)


def _table(
    page: FPDF, head: tuple[str, ...], rows: list[tuple[str, ...]], align: tuple[str, ...]
) -> None:
    with page.table(text_align=align, line_height=5) as table:
        for row in [head, *rows]:
            cells = table.row()
            for cell in row:
                cells.cell(cell)
