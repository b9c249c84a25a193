"""The evidence pack of a signed period: statement, lists, decisions, and hashes that verify them."""

import hashlib
import zipfile
from collections.abc import Callable, Iterator
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
        trail.record("evidence pack made", actor=actor, target=period, manifest=digest)
        file.seek(0)
        undo.pop_all()
        return file


def verify(path: Path) -> list[str]:
    """What does not fit its hash, in words; empty when the pack is whole and unchanged."""
    faults: list[str] = []
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        if MANIFEST not in names:
            return [f"{MANIFEST} is missing: this is no evidence pack."]
        stated = dict(_stated(archive.read(MANIFEST).decode()))
        for name, digest in sorted(stated.items()):
            if name not in names:
                faults.append(f"{name} is missing.")
            elif _hash_of(archive, name) != digest:
                faults.append(f"{name} was changed.")
        faults += [f"{name} was added." for name in sorted(names - set(stated) - {MANIFEST})]
    return faults


def manifest_hash(path: Path) -> str:
    """The hash that the audit trail keeps of the pack's manifest."""
    with zipfile.ZipFile(path) as archive:
        return hashlib.sha256(archive.read(MANIFEST)).hexdigest()


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
        "matches, differences, adjustments, decisions, payouts: every row, as CSV and as Excel.\n"
        "late-arrivals: what was dated in a month that was signed already, and the month that "
        "took it in.\n"
        f"{MANIFEST}: the SHA-256 of every file in this pack.\n\n"
        "To verify:  python manage.py verify_evidence FILE.zip\n"
        f"or, unpacked:  sha256sum --check {MANIFEST}\n"
    )
