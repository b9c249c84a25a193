"""Files as they came: written once under MEDIA_ROOT, named by their hash, never changed."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from django.conf import settings

FOLDER = "statements"
_INCOMING = ".incoming"
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is kept: its hash, its bytes, and its place under MEDIA_ROOT."""

    sha256: str
    size: int
    path: str


class Keeping:
    """Takes a file piece by piece. `keep` gives it its lasting name, `drop` forgets it."""

    def __init__(self) -> None:
        folder = _root() / FOLDER / _INCOMING
        folder.mkdir(parents=True, exist_ok=True)
        self.size = 0
        self._hash = hashlib.sha256()
        self._path = folder / uuid4().hex
        self._file = self._path.open("xb")

    def write(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self._hash.update(chunk)
        self.size += len(chunk)

    def keep(self) -> Kept:
        """The same content that came before keeps its first copy."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._path.chmod(0o440)
        digest = self._hash.hexdigest()
        place = _root() / FOLDER / digest
        try:
            os.link(self._path, place)
        except FileExistsError:
            pass
        finally:
            self._path.unlink(missing_ok=True)
        return Kept(digest, self.size, f"{FOLDER}/{digest}")

    def drop(self) -> None:
        with suppress(OSError):  # On a full disk, what is not written yet cannot be written now.
            self._file.close()
        self._path.unlink(missing_ok=True)


def keep(chunks: Iterable[bytes]) -> Kept:
    """Keeps a file that arrives in chunks; nothing stays behind when they break off."""
    keeping = Keeping()
    try:
        for chunk in chunks:
            keeping.write(chunk)
    except BaseException:
        keeping.drop()
        raise
    return keeping.keep()


def chunks_of(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def hash_of(file: BinaryIO) -> str:
    """The hash of a file that is not kept. It is left at its start."""
    digest = hashlib.sha256()
    for chunk in chunks_of(file):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


@contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """The kept file, to read."""
    with (_root() / path).open("rb") as file:
        yield file


def forget_unfinished(before: datetime) -> int:
    """Removes what a lost web server had begun to take; answers how many files that were."""
    found = 0
    for path in (_root() / FOLDER / _INCOMING).glob("*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before.timestamp():
                path.unlink()
                found += 1
    return found


def _root() -> Path:
    return Path(settings.MEDIA_ROOT)
