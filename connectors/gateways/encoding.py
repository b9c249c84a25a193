"""Which encoding a file is in, and its text."""

import codecs
import io
from contextlib import suppress
from typing import BinaryIO, TextIO

from connectors.gateways.problems import Code, FileProblem, cut_short

_CHUNK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class _Borrowed(io.TextIOWrapper):
    """Text over a stream that belongs to somebody else: closing it leaves the stream open."""

    def close(self) -> None:
        with suppress(ValueError):
            self.detach()


def text_of(stream: BinaryIO) -> TextIO:
    """The text of the whole stream, line ends as they are. Raises FileProblem on reading."""
    stream.seek(0)
    encoding = encoding_of(stream)
    stream.seek(0)
    return _Borrowed(stream, encoding=encoding, errors="strict", newline="")


def start_of(data: bytes) -> str:
    """The text of a file's first bytes, whatever they are cut in."""
    encoding = _by_first_bytes(data)
    if encoding is not None:
        return codecs.getincrementaldecoder(encoding)("replace").decode(data)
    try:
        return codecs.getincrementaldecoder("utf-8")("strict").decode(data)
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def encoding_of(stream: BinaryIO) -> str:
    """Reads the stream once. UTF-8 or UTF-16 with or without a mark, else Windows-1252 or Latin-1.

    Raises FileProblem for a file that is in two encodings at once, or cut inside a letter.
    """
    head = stream.read(4096)
    stream.seek(0)
    named = _by_first_bytes(head)
    if named is not None:
        _prove(stream, named)
        return named
    return _utf8_or_older(stream)


def _by_first_bytes(head: bytes) -> str | None:
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    pairs = max(len(head) // 2, 1)
    if head[1::2].count(0) > pairs * 7 // 10:
        return "utf-16-le"
    if head[0::2].count(0) > pairs * 7 // 10:
        return "utf-16-be"
    return None


def _prove(stream: BinaryIO, encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        while chunk := stream.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        if error.reason in {"truncated data", "unexpected end of data"}:
            raise cut_short("it ends in the middle of a letter.") from error
        raise _mixed() from error


def _utf8_or_older(stream: BinaryIO) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    plain = True
    while chunk := stream.read(_CHUNK):
        if b"\0" in chunk:
            raise FileProblem(Code.ENCODING, "This is not a text file.")
        try:
            plain = decoder.decode(chunk).isascii() and plain
        except UnicodeDecodeError as error:
            if not plain or not error.object[: error.start].isascii():
                raise _mixed() from error
            return _older(stream)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        if not plain:
            raise cut_short("it ends in the middle of a letter.") from error
        return _older(stream)
    return "utf-8"


def _older(stream: BinaryIO) -> str:
    """Windows-1252 unless a byte means nothing in it."""
    stream.seek(0)
    while chunk := stream.read(_CHUNK):
        if any(byte in chunk for byte in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")):
            return "latin-1"
    return "cp1252"


def _mixed() -> FileProblem:
    return FileProblem(
        Code.ENCODING,
        "Some letters of the file cannot be read: it is damaged, or was saved by two programs in "
        "two ways. Download it again and do not open it in between.",
    )
