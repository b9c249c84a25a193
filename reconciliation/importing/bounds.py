"""What a file may be before anybody opens it: rows of a human length, workbooks of a human size."""

import zipfile
from typing import BinaryIO

from connectors.gateways.problems import Code, FileProblem
from connectors.gateways.workbook import is_workbook
from reconciliation.importing.archives import refuse_large_directory
from reconciliation.importing.evidence import chunks_of

LONGEST_ROW = 1 << 20
BIGGEST_DOCUMENT = 64 << 20
_SHEETS = 400 << 20
_STRINGS = 64 << 20
_MEMBERS = 1_000


def check(stream: BinaryIO) -> None:
    """Raises FileProblem for what would fill the memory. The stream is left at its start."""
    if is_workbook(stream):
        _workbook(stream)
    else:
        start = stream.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
        if start[:1] in (b"{", b"["):
            _document(stream)
        elif start[:1] != b"<":
            _rows(stream)
    stream.seek(0)


def _workbook(stream: BinaryIO) -> None:
    refuse_large_directory(stream)
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, EOFError, ValueError) as error:
        raise FileProblem(
            Code.UNREADABLE, "The workbook or archive is damaged or cut short. Download it again."
        ) from error
    strings = sum(one.file_size for one in members if "sharedStrings" in one.filename)
    whole = sum(one.file_size for one in members)
    if len(members) > _MEMBERS or whole > _SHEETS or strings > _STRINGS:
        raise FileProblem(
            Code.UNSAFE,
            f"The workbook unpacks to {whole >> 20} MB, which no report does. It was not opened. "
            "Download the report as CSV.",
        )


def _document(stream: BinaryIO) -> None:
    size = stream.seek(0, 2)
    if size > BIGGEST_DOCUMENT:
        raise FileProblem(
            Code.UNSAFE,
            f"A JSON file of {size >> 20} MB is larger than the {BIGGEST_DOCUMENT >> 20} MB that "
            "are read at once. Fetch it in several parts, or download the report as CSV.",
        )


def _rows(stream: BinaryIO) -> None:
    stream.seek(0)
    row, running = 1, 0
    for chunk in chunks_of(stream):
        pieces = chunk.split(b"\n")
        longest = max(running + len(pieces[0]), *map(len, pieces[1:]), 0)
        if longest > LONGEST_ROW:
            raise FileProblem(
                Code.UNSAFE, "A row is longer than a million characters. No report has such rows.",
                row,
            )  # fmt: skip
        running = running + len(pieces[0]) if len(pieces) == 1 else len(pieces[-1])
        row += len(pieces) - 1
