"""The watched folder: whole files are taken from it, imported, and put into done or refused."""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from reconciliation.importing import evidence, files
from reconciliation.importing.files import Origin
from reconciliation.importing.problems import NotImported
from reconciliation.models import StatementFile

WORKING, DONE, REFUSED = "working", "done", "refused"
WHO = "the watched folder"
_UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart", ".partial")
_LOST_AFTER = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file, in words."""

    name: str
    imported: bool
    note: str


def watch(folder: Path, *, pause: float = 3) -> list[Taken]:
    """Takes every file that did not change for `pause` seconds.

    A file is claimed by moving it, which only one of several watchers can do.
    """
    for name in (WORKING, DONE, REFUSED):
        (folder / name).mkdir(parents=True, exist_ok=True)
    _give_back_lost(folder)
    before = dict(_sizes(folder))
    if not before:
        return []
    time.sleep(pause)
    now = dict(_sizes(folder))
    still = sorted(path for path, seen in before.items() if now.get(path) == seen)
    claimed = (_claim(path, folder) for path in still)
    return [_take(path, folder) for path in claimed if path is not None]


def _sizes(folder: Path) -> Iterator[tuple[Path, tuple[int, int]]]:
    for path in folder.iterdir():
        if path.name.startswith(".") or path.suffix.lower() in _UNFINISHED:
            continue
        with suppress(FileNotFoundError):  # Another watcher took it between two looks.
            if path.is_file() and not path.is_symlink():
                found = path.stat()
                yield path, (found.st_size, found.st_mtime_ns)


def _claim(path: Path, folder: Path) -> Path | None:
    mine = _free(folder / WORKING, path.name)
    try:
        path.rename(mine)
    except FileNotFoundError:
        return None
    mine.touch()  # When it was claimed: a lost one is given back after a while.
    return mine


def _take(path: Path, folder: Path) -> Taken:
    with path.open("rb") as stream:
        kept = evidence.keep(evidence.chunks_of(stream))
    file = files.arrive(kept, Origin(name=path.name, actor_name=WHO, via="folder"))
    taken = _imported(files.inspect(file), path.name)
    place = _free(folder / (DONE if taken.imported else REFUSED), path.name)
    place.with_name(f"{place.name}.txt").write_text(f"{taken.note}\n", encoding="utf-8")
    path.rename(place)
    return taken


def _imported(file: StatementFile, name: str) -> Taken:
    if file.state == StatementFile.State.HELD:
        return Taken(name, imported=False, note=f"{file.message} It waits on the page “Files”.")
    if file.state != StatementFile.State.PREVIEW:
        return Taken(name, imported=False, note=file.message)
    try:
        file = files.commit(file, actor=None, actor_name=WHO)
    except NotImported as refusal:
        return Taken(name, imported=False, note=refusal.message)
    return Taken(name, imported=True, note=f"Imported: {file.taken}.")


def _give_back_lost(folder: Path) -> None:
    """A watcher that died left its file behind. What it imported already is refused as known."""
    oldest = (timezone.now() - _LOST_AFTER).timestamp()
    for path in (folder / WORKING).iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                path.rename(_free(folder, path.name))


def _free(folder: Path, name: str) -> Path:
    """A name nobody has in the folder."""
    path, number = folder / name, 1
    while path.exists() or path.with_name(f"{path.name}.txt").exists():
        number += 1
        path = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
    return path
