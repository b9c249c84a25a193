"""The evidence pack of a signed period: statement, lists, decisions, and hashes that verify them."""

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from integration.accounts.models import User
from integration.audit import trail
from integration.exports import as_csv, as_workbook, rows_of
from reconciliation import checklist
from reconciliation.evidence_lists import LISTS, found_of
from reconciliation.models import Period
from reconciliation.refusals import Refused
from reconciliation.statement import figures, pdf

MANIFEST = "MANIFEST.sha256"
_CHUNK = 1 << 20


def pack(period: Period, *, actor: User) -> IO[bytes]:
    """The ZIP as an open temporary file. Refused while the period is not signed."""
    if period.state not in (Period.State.SIGNED, Period.State.LOCKED):
        raise Refused("The pack is made when the period is signed.")
    with ExitStack() as undo:
        file = undo.enter_context(TemporaryFile())
        with transaction.atomic(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            _one_view()
            hashes = {name: _add(archive, name, write) for name, write in _contents(period)}
            manifest = "".join(f"{digest}  {name}\n" for name, digest in sorted(hashes.items()))
            archive.writestr(MANIFEST, manifest)
        # The trail grows under a lock of its own and must see its newest entry, so not in the view.
        digest = hashlib.sha256(manifest.encode()).hexdigest()
        trail.record(
            "evidence pack made",
            actor=actor,
            target=period,
            manifest=digest,
            sha256=hash_of_all(file),
        )
        file.seek(0)
        undo.pop_all()
        return file


def verify(path: Path) -> list[str]:
    """What does not fit its hash, in words; empty when every file in the pack fits.

    Raises BadZipFile or OSError for what is no pack at all.
    """
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if MANIFEST not in names:
            return [f"{MANIFEST} is missing: this is no evidence pack."]
        try:
            stated = dict(_stated(archive.read(MANIFEST).decode()))
        except _DAMAGE:
            return [f"{MANIFEST} is damaged."]
        faults = [fault for name in sorted(stated) if (fault := _fault(archive, name, stated))]
        added = sorted(set(names) - set(stated) - {MANIFEST})
        faults += [f"{name} was added." for name in added]
        faults += [
            f"{name} is in it twice." for name in sorted(set(names)) if names.count(name) > 1
        ]
    return faults


_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeError,
    ValueError,
)  # fmt: skip
"""What reading a member raises when its bytes are not those that were written."""


def _fault(archive: zipfile.ZipFile, name: str, stated: Mapping[str, str]) -> str:
    if name not in archive.namelist():
        return f"{name} is missing."
    try:
        return "" if _hash_of(archive, name) == stated[name] else f"{name} was changed."
    except _DAMAGE:
        return f"{name} is damaged."


def manifest_hash(path: Path) -> str:
    """The hash that the audit trail keeps of the pack's manifest."""
    with zipfile.ZipFile(path) as archive:
        return hashlib.sha256(archive.read(MANIFEST)).hexdigest()


def hash_of_all(file: IO[bytes]) -> str:
    """The SHA-256 of the whole file, of which the audit trail keeps one too."""
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


Writer = Callable[[IO[bytes]], None]


def _contents(period: Period) -> Iterator[tuple[str, Writer]]:
    context = {
        "period": period,
        "points": checklist.of(period),
        "events": list(period.events.all()),
        "figures": figures(period),
        "made_at": timezone.now(),
    }
    html = render_to_string("reconciliation/statement.html", context)
    yield "statement.html", lambda out: _bytes(out, html.encode())
    yield "statement.pdf", lambda out: _bytes(out, pdf(context))
    for name, columns in LISTS.items():
        yield f"{name}.csv", _as_csv(period, name, columns)
        yield f"{name}.xlsx", _as_xlsx(period, name, columns)
    yield "README.txt", lambda out: _bytes(out, _readme(period).encode())


def _as_csv(period: Period, name: str, columns: Any) -> Writer:
    def write(out: IO[bytes]) -> None:
        for line in as_csv(rows_of(found_of(period, name), columns, personal=True)):
            out.write(line)

    return write


def _as_xlsx(period: Period, name: str, columns: Any) -> Writer:
    def write(out: IO[bytes]) -> None:
        with as_workbook(rows_of(found_of(period, name), columns, personal=True)) as book:
            while chunk := book.read(_CHUNK):
                out.write(chunk)

    return write


def _bytes(out: IO[bytes], content: bytes) -> None:
    out.write(content)


def _add(archive: zipfile.ZipFile, name: str, write: Writer) -> str:
    """Writes a member and answers its SHA-256."""
    with archive.open(name, "w", force_zip64=True) as member:
        hashing = _Hashing(member)
        write(hashing)  # type: ignore[arg-type]
    return hashing.digest.hexdigest()


class _Hashing:
    """Passes what is written on, and keeps its hash."""

    def __init__(self, out: IO[bytes]) -> None:
        self.out = out
        self.digest = hashlib.sha256()

    def write(self, chunk: bytes) -> int:
        self.digest.update(chunk)
        return self.out.write(chunk)


def _hash_of(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as member:
        while chunk := member.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _stated(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        digest, _, name = line.partition("  ")
        yield name, digest


def _one_view() -> None:
    """All lists of a pack show the same moment."""
    connection = transaction.get_connection()
    if not connection.in_atomic_block or len(connection.savepoint_ids) > 0:
        return
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _readme(period: Period) -> str:
    made = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return (
        f"Evidence pack of {period}, company {period.company}, made {made}.\n\n"
        "statement.html and statement.pdf: the signed statement, to read and print.\n"
        "Every row, as CSV and as Excel:\n"
        "  matches        what belongs together, by which rule or person\n"
        "  match-parts    each line and each document of every match\n"
        "  differences    what did not agree, both sides, and what became of it\n"
        "  adjustments    what was proposed, by whom, and who decided\n"
        "  decisions      the history of every difference\n"
        "  sign-off       who reviewed, explained, signed, locked or re-opened the period\n"
        "  payouts        what the gateways paid, and the booking of the bank\n"
        "  files          the files it all rests on, with their hashes\n"
        "  late-arrivals  what came after a period was shut, and where it was booked\n"
        f"{MANIFEST}: the SHA-256 of every file in this pack.\n\n"
        "To verify:  python manage.py verify_evidence FILE.zip\n"
        f"or, unpacked:  sha256sum --check {MANIFEST}\n"
    )
