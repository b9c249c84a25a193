"""What the report is narrowed to, read from the address and written back to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.utils import timezone

NONE = "-"
"""Stands in the address for "no campaign" or "no journey"."""
USUAL_DAYS = 90
FIRST, LAST = date(1970, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """`campaign` and `journey` are None for any and empty for none. Days include both ends."""

    first: date | None = None
    last: date | None = None
    currency: str = ""
    campaign: str | None = None
    journey: str | None = None
    figure: str = ""
    kind: str = ""
    text: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Narrowed":
        """Without a first day the last three months; an empty one means from the beginning."""
        usual = (timezone.localdate() - timedelta(days=USUAL_DAYS)).isoformat()
        return cls(
            first=_day(asked.get("from", usual)),
            last=_day(asked.get("to", "")),
            currency=_clean(asked.get("currency", ""))[:10].upper(),
            campaign=_named(asked.get("campaign", "")),
            journey=_named(asked.get("journey", "")),
            figure=_clean(asked.get("figure", ""))[:20],
            kind=_clean(asked.get("kind", ""))[:40],
            text=_clean(asked.get("q", ""))[:120],
        )

    def query(self, **more: str | None) -> str:
        """The address of the same days and currency, with more; None leaves something out."""
        told: dict[str, str | None] = {
            "from": self.first.isoformat() if self.first else "",
            "to": self.last.isoformat() if self.last else None,
            "currency": self.currency or None,
            "campaign": _shown(self.campaign),
            "journey": _shown(self.journey),
        }
        for name, value in more.items():
            told[name] = (
                (value or NONE) if name in ("campaign", "journey") and value is not None else value
            )
        return urlencode({name: value for name, value in told.items() if value is not None})


def _day(text: str) -> date | None:
    """None for what is no day, or none on which anybody sold anything."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if FIRST <= day <= LAST else None


def _named(text: str) -> str | None:
    name = _clean(text)[:120]
    return None if not name else "" if name == NONE else name


def _clean(text: str) -> str:
    """The database holds no null characters, so nothing is called like that."""
    return text.strip().replace("\x00", "\N{REPLACEMENT CHARACTER}")


def _shown(name: str | None) -> str | None:
    return None if name is None else name or NONE
