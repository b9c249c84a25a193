"""A person's page to take away: every event with its wording, route and confirmation."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.utils import timezone
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from exceptions.consent.dossier import Dossier
from integration.consent.models import ConsentEvent, Propagation
from integration.core.cells import neutral
from integration.core.personal import masked
from integration.exports import Cell

HEAD = (
    "What", "Channel", "Purpose", "Happened", "Received", "Counts", "From", "How", "Wording",
    "Words shown", "Evidence", "Told by", "Sent to", "Seen", "Suppressed", "Written",
    "Out of journeys", "Confirmed", "Contacts", "Note",
)  # fmt: skip


def table(dossier: Dossier) -> Iterator[list[Cell]]:
    """The heading, then a row for each event and system it went to, neutral for a spreadsheet."""
    yield list(HEAD)
    ways: dict[int, list[Propagation]] = {}
    for way in dossier.propagations().order_by("target"):
        ways.setdefault(way.event_id, []).append(way)
    for event in dossier.events().order_by("received_at", "pk"):
        several: Sequence[Propagation | None] = ways.get(event.pk) or (None,)
        for one in several:
            yield [neutral(cell) if isinstance(cell, str) else cell for cell in _row(event, one)]


def pdf(dossier: Dossier, name: str, made_by: str) -> bytes:
    """The same on A4, readable by somebody who has never seen the desk."""
    page = FPDF(format="A4")
    now = timezone.now()
    page.set_title("Consent record")
    page.set_creation_date(now)
    page.add_page()
    page.set_font("Helvetica", "B", 16)
    _line(page, "Consent record")
    page.set_font("Helvetica", size=10)
    _line(page, name)
    _line(page, f"Made on {_when(now)} by {made_by}")
    _heading(page, "What holds now")
    for state in dossier.states().order_by("channel", "purpose"):
        since = state.standing().since()
        text = f"{state.get_channel_display()}, {state.purpose}: {state.get_state_display()}"
        _line(page, f"{text} since {_when(since)}")
    _heading(page, "Everything that happened")
    ways: dict[int, list[Propagation]] = {}
    for way in dossier.propagations().order_by("target"):
        ways.setdefault(way.event_id, []).append(way)
    for event in dossier.events().order_by("received_at", "pk"):
        _event(page, event, ways.get(event.pk, []))
    return bytes(page.output())


def shown_name(address: str, *, personal: bool) -> str:
    return address if personal else masked(address)


def _row(event: ConsentEvent, way: Propagation | None) -> Iterable[Cell]:
    evidence = getattr(event, "evidence", None)
    return (
        event.get_action_display(),
        event.get_channel_display(),
        event.purpose,
        event.occurred_at,
        event.received_at,
        event.unsupported or "yes",
        event.told_from,
        event.method,
        str(event.wording) if event.wording else event.wording_named,
        event.wording.text if event.wording else "",
        event.evidence_ref,
        event.actor,
        way.get_target_display() if way else "",
        way.seen_at if way else None,
        way.suppressed_at if way else None,
        way.written_at if way else None,
        way.left_at if way else None,
        way.confirmed_at if way else None,
        ", ".join(way.contacts) if way else "",
        evidence.note if evidence else "",
    )


def _event(page: FPDF, event: ConsentEvent, ways: Sequence[Propagation]) -> None:
    page.set_font("Helvetica", "B", 10)
    scope = f"{event.get_channel_display()}, {event.purpose}"
    _line(page, f"{event.get_action_display()}: {scope}")
    page.set_font("Helvetica", size=9)
    happened = f"Happened {_when(event.occurred_at)}, received {_when(event.received_at)}"
    _line(page, f"{happened}, from {event.told_from}")
    if event.unsupported:
        _line(page, f"Does not count: {event.unsupported}")
    if event.method or event.evidence_ref:
        _line(page, f"How: {event.method}. Evidence: {event.evidence_ref}. Told by {event.actor}")
    if event.wording:
        _text(page, f"Wording {event.wording}: {event.wording.text}")
    for way in ways:
        _line(
            page,
            f"  {way.get_target_display()}: suppressed {_when(way.suppressed_at)}, written "
            f"{_when(way.written_at)}, out of journeys {_when(way.left_at)}, "
            f"{way.get_step_display().lower()} {_when(way.confirmed_at)}",
        )
    page.ln(2)


def _when(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%d %b %Y, %H:%M:%S}" if moment else "-"


def _heading(page: FPDF, text: str) -> None:
    page.ln(5)
    page.set_font("Helvetica", "B", 12)
    _line(page, text)
    page.set_font("Helvetica", size=9)


def _line(page: FPDF, text: str) -> None:
    _text(page, text)


def _text(page: FPDF, text: str) -> None:
    page.multi_cell(0, text=_plain(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _plain(text: str) -> str:
    """The built-in fonts know Latin-1; other signs become a question mark, here only."""
    for sign, plain in (("–", "-"), ("“", '"'), ("”", '"'), ("’", "'"), ("…", "...")):
        text = text.replace(sign, plain)
    return text.encode("latin-1", "replace").decode("latin-1")
