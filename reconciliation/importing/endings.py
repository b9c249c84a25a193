"""Whether a table that states no totals ends as if it had been cut off."""

import re
from typing import BinaryIO

_TAIL = 1 << 16
_CELLS = re.compile(rb"[,;\t|]")
SENTENCE = (
    "The last row has no line end and its last cell looks cut off, and the file states "
    "no totals that would prove it whole. Download it again, or say that it is whole."
)


def looks_cut(stream: BinaryIO) -> bool:
    """True when the last row is not ended and its last cell is like no other of its column."""
    size = stream.seek(0, 2)
    stream.seek(max(size - _TAIL, 0))
    tail = stream.read(_TAIL)
    if not tail or tail.endswith((b"\n", b"\r", b"\x00", b">", b"}", b"]")) or tail[:2] == b"PK":
        return False
    *before, last = [_last_cell(row) for row in tail.splitlines()]
    if not last or last in before:
        return False
    return len(last) not in {len(cell) for cell in before[1:]}


def _last_cell(row: bytes) -> bytes:
    return _CELLS.split(row)[-1].strip()
