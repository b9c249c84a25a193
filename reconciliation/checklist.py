"""What must be green or explained before a period is signed."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from reconciliation.control import controls
from reconciliation.models import (
    Adjustment,
    ControlRun,
    Difference,
    Period,
    PeriodEvent,
    StatementFile,
)
from reconciliation.payouts import by_state
from reconciliation.payouts import listed as listed_payouts
from reconciliation.totals import overdue

POINTS = {
    "over": ("The period is over", "Until its last day has passed more may come in."),
    "controls": (
        "Every control has run after the last day",
        "A control that has not run since may hide a difference.",
    ),
    "differences": (
        "No open difference",
        "Open differences are worked off, adjusted or marked as timing.",
    ),
    "proposals": (
        "No proposal waits for a decision",
        "Somebody proposed an adjustment and nobody has decided yet.",
    ),
    "timing": (
        "No difference marked as timing is overdue",
        "What should have cleared by now has not.",
    ),
    "payouts": (
        "Every payout arrived at the bank",
        "A payout without a booking of the bank is money that is not there.",
    ),
    "files": ("No file is held", "What a held file states is not in the figures yet."),
}
"""What each point says, and why it matters, in the order of the page."""


@dataclass(frozen=True, slots=True)
class Point:
    """One line of the checklist. `count` is how many things are left; `link` shows them."""

    slug: str
    title: str
    meaning: str
    count: int
    link: str = ""
    explained: str = ""
    explained_by: str = ""

    @property
    def green(self) -> bool:
        return self.count == 0

    @property
    def settled(self) -> bool:
        return self.green or bool(self.explained)

    def as_data(self) -> dict[str, Any]:
        return {
            "point": self.slug,
            "title": self.title,
            "left": self.count,
            "explained": self.explained,
            "explained_by": self.explained_by,
        }


def of(period: Period) -> list[Point]:
    """Every point as it was signed; as it stands now while the period is not signed off."""
    if period.state in (Period.State.SIGNED, Period.State.LOCKED):
        signature = period.events.filter(action="signed").order_by("id").last()
        if signature is not None and signature.details.get("checklist"):
            return [_as_signed(point) for point in signature.details["checklist"]]
    return _as_it_stands(period)


def said(event: PeriodEvent) -> str:
    """What was done, in words: an explanation names the point it is about."""
    title, _ = POINTS.get(event.details.get("point", ""), ("", ""))
    return f"{event.action}: {title}" if title else event.action


def _as_signed(point: dict[str, Any]) -> Point:
    _, meaning = POINTS.get(point["point"], ("", ""))
    return Point(
        slug=point["point"],
        title=point["title"],
        meaning=meaning,
        count=point["left"],
        explained=point["explained"],
        explained_by=point["explained_by"],
    )


def _as_it_stands(period: Period) -> list[Point]:
    explanations = {
        event.details.get("point"): event
        for event in period.events.filter(action="explained").order_by("id")
    }
    points, behind = [], _controls_behind(period)
    notes = {"controls": _when(period, behind)}
    for slug, (count, link) in _counted(period, behind).items():
        told = explanations.get(slug)
        title, meaning = POINTS[slug]
        points.append(
            Point(
                slug=slug,
                title=title,
                meaning=f"{meaning} {notes.get(slug, '')}".strip(),
                count=count,
                link=link,
                explained=told.reason if told else "",
                explained_by=told.actor_name if told else "",
            )
        )
    return points


def _counted(period: Period, behind: list[str]) -> dict[str, tuple[int, str]]:
    """How many are left of each point, and where they are listed."""
    days = {"day__gte": period.first_day, "day__lte": period.last_day}
    held_until = period.last_day + timedelta(days=31)
    of = urlencode({"company": period.company})
    span = f"from={period.first_day}&to={period.last_day}&{of}"
    month = f"period={period.first_day:%Y-%m}&{of}"
    since = f"since={period.first_day}"
    listed = reverse("differences")
    differences = Difference.objects.filter(company=period.company, closed_at__isnull=True, **days)
    return {
        "over": (int(timezone.localdate() <= period.last_day), ""),
        "controls": (len(behind), ""),
        "differences": (
            differences.filter(state=Difference.State.OPEN).count(),
            f"{listed}?state=open&{span}",
        ),
        "proposals": (
            Adjustment.objects.filter(
                company=period.company, state=Adjustment.State.PROPOSED, **days
            ).count(),
            f"{reverse('adjustments')}?{month}",
        ),
        "timing": (
            differences.filter(overdue()).count(),
            f"{listed}?state=overdue&{span}",
        ),
        "payouts": (
            by_state(listed_payouts(), "not_at_bank")
            .filter(
                company=period.company,
                paid_on__gte=period.first_day,
                paid_on__lte=period.last_day,
            )
            .count(),
            f"{reverse('payouts')}?state=not_at_bank&{since}&until={period.last_day}&{of}",
        ),
        "files": (
            StatementFile.objects.filter(
                company=period.company,
                state=StatementFile.State.HELD,
                uploaded_at__date__gte=period.first_day,
                uploaded_at__date__lte=held_until,
            ).count(),
            f"{reverse('payout-files')}?state=held&{since}&until={held_until}&{of}",
        ),
    }


def _over_at(period: Period) -> datetime:
    """The first moment after the period, where the company is."""
    day = period.last_day + timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())


def _controls_behind(period: Period) -> list[str]:
    """Titles of the controls that have not begun a run since the period was over.

    A run as of a day only counts and keeps nothing, so it is none.
    """
    runs = ControlRun.objects.filter(as_of__isnull=True, started_at__gte=_over_at(period))
    done = set(runs.order_by().values_list("control", flat=True).distinct())
    return [one.title for slug, one in controls().items() if slug not in done]


def _when(period: Period, behind: list[str]) -> str:
    """From when on the point can turn green, and what is missing then; empty when nothing is."""
    if not behind:
        return ""
    over = timezone.localtime(_over_at(period), timezone.get_default_timezone())
    since = f"{over:%-d %B %Y, %H:%M} ({over.tzinfo})"
    if timezone.now() < over:
        return f"It can turn green from {since} on, when each control has run once more."
    return f"Not run since {since}: {', '.join(behind)}."
