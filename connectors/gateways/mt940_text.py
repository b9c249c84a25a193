"""What the text of an MT940 booking says: free words, Dutch `/EREF/…/` or German `?20…` fields."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

# Instead of a reference these tell that it stands in the text.
SEE_TEXT = frozenset(["NONREF", "EREF", "PREF", "MARF", "EREF+", "KREF+", "MREF+"])
_FIELDS = re.compile(r"\s*\d{3}([?>~@])(?=\d{2})")
_WIDTH = 64
_FIELD_WIDTH = 27
_TAG = 4
_PURPOSE = (*range(20, 30), *range(60, 64))
_GERMAN = re.compile(
    r"EREF\+(.*?)\s*(?=(?:KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP)\+|$)"
)
_DUTCH = re.compile(r"/EREF/(.*?)(?=/[A-Z]{4}/|//|/?$)")


@dataclass(frozen=True, slots=True)
class Told:
    """Empty where the text does not say."""

    text: str
    end_to_end_id: str = ""
    counterparty: str = ""
    counterparty_account: str = ""


def told(lines: Sequence[str]) -> Told:
    """Reads the lines of `:86:`, the first without its tag."""
    found = _FIELDS.match(lines[0]) if lines else None
    if found:
        return _fields("".join(lines), found[1])
    text = _joined([(line, len(line) + (_TAG if not i else 0)) for i, line in enumerate(lines)])
    return Told(text, _named(_DUTCH, text))


def _joined(lines: Sequence[tuple[str, int]], full: int = _WIDTH) -> str:
    """A full line goes on in the next one in the middle of a word; a shorter one has ended."""
    parts = [lines[0][0]] if lines else []
    for (_, width), (line, _) in pairwise(lines):
        parts += ["" if width >= full else " ", line]
    return " ".join("".join(parts).split())


def _fields(text: str, mark: str) -> Told:
    _, *pieces = re.split(rf"{re.escape(mark)}(\d\d)", text)
    given: dict[int, str] = {}
    for number, value in zip(pieces[::2], pieces[1::2], strict=True):
        given[int(number)] = given.get(int(number), "") + value
    lines = [(given[number], len(given[number])) for number in _PURPOSE if number in given]
    purpose = _joined(lines, _FIELD_WIDTH)
    return Told(
        text=" ".join(part for part in (given.get(0, "").strip(), purpose) if part),
        end_to_end_id=_named(_GERMAN, purpose),
        counterparty=(given.get(32, "") + given.get(33, "")).strip(),
        counterparty_account=given.get(31, "").strip(),
    )


def _named(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    said = found[1].strip() if found else ""
    return "" if said.upper() == "NOTPROVIDED" else said
