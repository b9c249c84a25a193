"""Reports that come packed, in a ZIP or a gzip: exactly one in each, unpacked piece by piece.

Nothing is ever written under a name from inside an archive, and no size it states is believed.
"""

import gzip
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import BinaryIO

from django.conf import settings

from connectors.gateways.workbook import is_archive, is_workbook
from reconciliation.importing.evidence import chunks_of
from reconciliation.importing.problems import NotImported

_GZIP = b"\x1f\x8b"
_ENCRYPTED = 0x1
_PLAIN = frozenset([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
_MOST_TIMES, _SMALL = 300, 16 << 20
_LARGEST_DIRECTORY = 1 << 20
_END, _END_64, _TAIL = b"PK\x05\x06", b"PK\x06\x07", 66_000
_BOOKS = (".xlsx", ".xlsm")
_LISTED = 10
_DAMAGE = (
    zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, struct.error, EOFError, ValueError,
    NotImplementedError,
)  # fmt: skip
_DAMAGED = "The archive is damaged or cut short. Download it again."


@dataclass(frozen=True, slots=True)
class Report:
    """The one file in an archive. `size` is what the archive states; `chunks` raises NotImported."""

    name: str
    size: int
    chunks: Callable[[], Iterator[bytes]]


def report_in(stream: BinaryIO, name: str) -> Report | None:
    """None for a file that is no archive. Raises NotImported for one that is not taken."""
    if is_gzip(stream):
        size = stream.seek(0, 2)
        stream.seek(max(size - 4, 0))
        stated = int.from_bytes(stream.read(4), "little")
        inner = name[:-3] if name.lower().endswith(".gz") else name
        return Report(inner, stated, lambda: _checked(_of_gzip(stream), inner, size))
    if stream.read(4) == _END:
        raise _not_one([])
    if not is_workbook(stream):
        return None
    refuse_large_directory(stream)
    try:
        return _only(stream) if is_archive(stream) else None
    except _DAMAGE as error:
        raise NotImported(_DAMAGED) from error


def is_gzip(stream: BinaryIO) -> bool:
    stream.seek(0)
    start = stream.read(2)
    stream.seek(0)
    return start == _GZIP


@contextmanager
def unpacked(stream: BinaryIO, name: str) -> Iterator[tuple[BinaryIO, str]]:
    """The file itself, or the report packed in it as a file that is gone afterwards."""
    report = report_in(stream, name)
    if report is None:
        yield stream, name
        return
    with TemporaryFile() as out:
        for chunk in report.chunks():
            out.write(chunk)
        out.seek(0)
        yield out, report.name


def refuse_large_directory(stream: BinaryIO) -> None:
    """Raises NotImported for a list of contents that would fill the memory. Reads only the end."""
    size = stream.seek(0, 2)
    stream.seek(max(size - _TAIL, 0))
    tail = stream.read(_TAIL)
    stream.seek(0)
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 16:
        return  # Damaged, and told so by whoever opens it.
    length = int.from_bytes(tail[at + 12 : at + 16], "little")
    if length > _LARGEST_DIRECTORY or tail[max(at - 20, 0) :].startswith(_END_64):
        raise NotImported(
            "The archive holds more than any report needs. It was not opened. Bring the report "
            "itself, unpacked."
        )


def _only(stream: BinaryIO) -> Report:
    with zipfile.ZipFile(stream) as archive:
        members = [one for one in archive.infolist() if _counts(one)]
    names = [_safe(one.filename) for one in members]
    if "content.xml" in names and "meta.xml" in names:
        raise NotImported("This is a sheet of LibreOffice or OpenOffice. Save it as CSV or XLSX.")
    if len(members) != 1:
        raise _not_one(names)
    (member,), (name,) = members, names
    _takeable(member)
    return Report(
        name, member.file_size,
        lambda: _checked(_of_zip(stream, member), name, member.compress_size),
    )  # fmt: skip


def _counts(member: zipfile.ZipInfo) -> bool:
    """Folders, dot files and what a Mac adds are no reports."""
    parts = PurePosixPath(member.filename.replace("\\", "/")).parts
    hidden = any(part.startswith(".") and part != ".." for part in parts)
    folder = member.filename.endswith("/")
    return not (folder or hidden or "__MACOSX" in parts or parts[-1:] == ("Thumbs.db",))


def _safe(inside: str) -> str:
    path = PurePosixPath(inside.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or (path.parts[:1] and path.parts[0].endswith(":")):
        raise NotImported(
            f"The archive wants to write outside of its own folder (“{inside[:100]}”), which none "
            "from a gateway does. It was not opened. Find out where it came from."
        )
    return path.name


def _not_one(names: list[str]) -> NotImported:
    if not names:
        return NotImported("The archive holds no file. Download the report again.")
    listed = ", ".join(f"“{name}”" for name in sorted(names)[:_LISTED])
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return NotImported(
        f"The archive holds {len(names)} files: {listed}{more}. Nothing of it was imported: unpack "
        "it and bring them one by one, so that each is checked and decided on by itself."
    )


def _takeable(member: zipfile.ZipInfo) -> None:
    if member.flag_bits & _ENCRYPTED:
        raise NotImported(
            "The archive is locked with a password. Unpack it and bring the report that is in it."
        )
    if member.compress_type not in _PLAIN:
        raise NotImported(
            "The archive is packed in a way the desk does not unpack. Unpack it and bring the "
            "report that is in it."
        )
    _bounded(member.file_size, member.compress_size)


def _of_zip(stream: BinaryIO, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with zipfile.ZipFile(stream) as archive, archive.open(member) as inner:
        yield from chunks_of(inner)  # type: ignore[arg-type]


def _of_gzip(stream: BinaryIO) -> Iterator[bytes]:
    stream.seek(0)
    with gzip.GzipFile(fileobj=stream) as inner:
        yield from chunks_of(inner)  # type: ignore[arg-type]


def _checked(chunks: Iterator[bytes], name: str, packed: int) -> Iterator[bytes]:
    """Counts what really comes out, whatever the archive says of itself."""
    size = 0
    try:
        for chunk in chunks:
            if not size and _is_packed(chunk, name):
                raise NotImported(
                    f"The archive holds another archive, “{name}”. Unpack both and bring the "
                    "report that is in it."
                )
            size += len(chunk)
            _bounded(size, packed)
            yield chunk
    except _DAMAGE as error:
        raise NotImported(_DAMAGED) from error


def _bounded(size: int, packed: int) -> None:
    most = int(settings.PAYOUT_MAX_MB)
    if size > most << 20:
        raise NotImported(f"The archive unpacks to more than the {most} MB allowed.")
    if size > _SMALL and size > packed * _MOST_TIMES:
        raise NotImported(
            f"The archive unpacks to more than {_MOST_TIMES} times its size, which no report does. "
            "It was not opened further. Find out where it came from."
        )


def _is_packed(start: bytes, name: str) -> bool:
    if start.startswith(b"PK\x03\x04"):
        return not name.lower().endswith(_BOOKS)
    marks = (_GZIP, b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"BZh", b"\xfd7zXZ", _END)
    return start.startswith(marks) or start[257:262] == b"ustar"
