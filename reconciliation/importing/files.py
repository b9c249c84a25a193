"""The life of a file: it arrives, is read and previewed, and is imported whole or not at all."""

import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO
from xml.etree.ElementTree import ParseError  # only the type; defusedxml reads

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from connectors.gateways.gateway import Format
from connectors.gateways.problems import Code, FileProblem
from integration.accounts.models import User
from integration.audit import trail
from integration.records.payout import Footed, Footing
from reconciliation.importing import bounds, endings, evidence, known, overlap, staging, unpacking
from reconciliation.importing.evidence import Kept
from reconciliation.importing.mappings import format_for
from reconciliation.importing.moving import move
from reconciliation.importing.overlap import Decided, Said
from reconciliation.importing.problems import NotImported, OnHold
from reconciliation.importing.staging import BANK, Staged
from reconciliation.importing.totals import Tallied
from reconciliation.models import StatementFile

State = StatementFile.State
OPEN = (State.READING, State.PREVIEW, State.HELD)
_WAITS = frozenset(
    [Code.NOT_RECOGNISED, Code.AMBIGUOUS, Code.UNKNOWN_ROW_TYPE, Code.UNKNOWN_CURRENCY]
)


@dataclass(frozen=True, slots=True)
class Origin:
    """How a file came: by whom, which way, for which company, under which choices."""

    name: str
    actor: User | None = None
    actor_name: str = trail.SYSTEM
    via: str = "upload"
    company: str = ""
    format: str = ""
    account: str = ""
    whole: bool = False
    overlap: Said = ""

    @property
    def who(self) -> str:
        return str(self.actor) if self.actor else self.actor_name


@dataclass(frozen=True, slots=True)
class Read:
    """A file read to its end: what it is, what it holds, and what to know before importing."""

    format: Format
    reason: str
    tallied: Tallied
    warnings: list[str]
    known: int = 0


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person said about a file. `whole`: it is, although it looks cut off.

    `overlap`: what the bookings are that another statement may have brought. `asked`: the question
    it answers, as the person saw it; None for whatever is asked now.
    """

    format: str = ""
    account: str = ""
    whole: bool = False
    overlap: Said = ""
    asked: str | None = None


def arrive(kept: Kept, origin: Origin) -> StatementFile:
    """Notes that a file came, and who brought it. It is not read yet."""
    with transaction.atomic():
        file = StatementFile.objects.create(
            sha256=kept.sha256,
            company=origin.company or settings.COMPANIES[0],
            name=origin.name[-250:].replace("\x00", "") or "file",
            size=kept.size,
            path=kept.path,
            format=origin.format[:60],
            account=origin.account[:80],
            preview={
                "given": {
                    "account": origin.account[:80],
                    "whole": origin.whole,
                    "overlap": origin.overlap,
                }
            },
            state=State.READING,
            via=origin.via,
            uploaded_by=origin.actor,
            uploaded_by_name=origin.who[:150],
            uploaded_at=timezone.now(),
        )
        trail.record(
            "payout file received",
            actor=origin.actor,
            actor_name=origin.who,
            target=file,
            sha256=kept.sha256,
            size=kept.size,
        )
    return file


def inspect(file: StatementFile) -> StatementFile:
    """Reads the kept file into staging and keeps what it holds, or why it cannot be imported."""
    staged, given = Staged.of(file.pk), file.preview.get("given", {})
    try:
        unpacking.unpack(file)
        with transaction.atomic(), evidence.opened(file.path) as stream:
            known.refuse_same_file(file.sha256)
            read = examine(stream, file.name, staged, _said(file), _decided(file))
    except NotImported as refusal:
        return _settle(file, refusal)
    tallied = read.tallied
    file.format = read.format.slug[:60]
    file.gateway = read.format.gateway
    file.account = next(iter(sorted(tallied.accounts)), "")[:80]
    file.lines = tallied.lines
    file.known = read.known
    file.totals = tallied.net_by_currency()
    file.preview = {**tallied.preview(read.reason, read.warnings), "given": given}
    file.state = State.PREVIEW
    file.message = ""
    file.save()
    return file


def examine(
    stream: BinaryIO, name: str, staged: Staged, said: Choices, decided: Decided = overlap.NOTHING
) -> Read:
    """Recognises and stages a file. Raises NotImported with the sentence that says why not."""
    try:
        bounds.check(stream)
        form, reason = format_for(stream, name, said.format)
        tallied = staging.stage(form, stream, staged, account=said.account)
    except FileProblem as problem:
        kind = OnHold if problem.code in _WAITS else NotImported
        raise kind(str(problem)) from problem
    except (zipfile.BadZipFile, zlib.error, ParseError, EOFError) as error:
        raise NotImported("The file is damaged or cut short. Download it again.") from error
    if tallied.footed is not None:
        _hold_unproved(tallied.footed, stream, whole=said.whole)
    again = overlap.settle(staged, form.slug, decided) if form.gateway == BANK else None
    known.refuse_known_lines(staged, form.gateway)
    known.refuse_known_payouts(staged, form.gateway)
    told = _warnings(form, tallied)
    if again and again.count:
        return Read(form, reason, tallied, [*told, again.sentence(tallied.lines)], again.count)
    return Read(form, reason, tallied, told)


def _hold_unproved(footed: Footed, stream: BinaryIO, *, whole: bool) -> None:
    if footed.footing is Footing.PART:
        raise OnHold(f"The file is only a part. {footed.sentence}")
    if footed.footing is Footing.NO_TOTALS and not whole and endings.looks_cut(stream):
        raise OnHold(endings.SENTENCE)


def _said(file: StatementFile) -> Choices:
    given = file.preview.get("given", {})
    return Choices(file.format, given.get("account", ""), bool(given.get("whole")))


def _decided(file: StatementFile) -> Decided:
    given = file.preview.get("given", {})
    return Decided(
        overlap.said_of(given.get("overlap")),
        {int(pk): overlap.said_of(word) for pk, word in given.get("decided", {}).items()},
    )


def commit(file: StatementFile, *, actor: User | None, actor_name: str = "") -> StatementFile:
    """Imports the whole file in one transaction.

    Raises NotImported; then nothing was imported, and the file says why.
    """
    try:
        with transaction.atomic():
            return _commit(file.pk, actor, actor_name)
    except IntegrityError:
        refusal = NotImported(
            "Somebody imported the same lines a moment ago. Nothing was imported twice."
        )
    except NotImported as found:
        refusal = found
    refuse(file, refusal)
    raise refusal


def _commit(pk: int, actor: User | None, actor_name: str) -> StatementFile:
    file = StatementFile.objects.select_for_update().get(pk=pk)
    if file.state != State.PREVIEW:
        raise NotImported(f"The file is not waiting to be imported: {_now(file)}.")
    _one_at_a_time(file.gateway)
    known.refuse_same_file(file.sha256)
    staged = Staged.of(file.pk)
    _restage(file, staged)
    if file.gateway == BANK:
        again = overlap.settle(staged, file.format, _decided(file))
        file.known = again.count
    known.refuse_known_lines(staged, file.gateway)
    known.refuse_known_payouts(staged, file.gateway)
    move(file, staged, timezone.localdate())
    staging.drop(staged)
    file.state = State.IMPORTED
    file.imported_at = timezone.now()
    file.imported_by_name = str(actor) if actor else (actor_name or trail.SYSTEM)
    file.save()
    trail.record(
        "payout file imported",
        actor=actor,
        actor_name=actor_name,
        target=file,
        sha256=file.sha256,
        lines=file.lines,
        totals=file.totals,
    )
    return file


def _restage(file: StatementFile, staged: Staged) -> None:
    """A crash of the database empties what was staged; then the evidence is read once more."""
    if not staging.waits(staged, file.lines, file.preview.get("payout_count", 0)):
        with evidence.opened(file.path) as stream:
            examine(stream, file.name, staged, _said(file), _decided(file))


def _warnings(form: Format, tallied: Tallied) -> list[str]:
    found: list[str] = []
    footed = tallied.footed
    if footed is not None and footed.footing is not Footing.FOOTS:
        found.append(footed.sentence)
    if form.gateway != BANK and tallied.undated:
        found.append(
            f"{tallied.undated:,} lines have no day of their own: the day of their payout counts, "
            "or else the day of the import."
        )
    return found


def refuse(file: StatementFile, refusal: NotImported) -> None:
    """Keeps why a file that waited was not imported after all, and forgets what was staged."""
    with transaction.atomic():
        row = StatementFile.objects.select_for_update().get(pk=file.pk)
        if row.state == State.PREVIEW:
            staging.drop(Staged.of(row.pk))
            _settle(row, refusal)


def discard(file: StatementFile, *, actor: User) -> StatementFile:
    """A person decides against the file. The evidence stays. Raises NotImported when too late."""
    with transaction.atomic():
        row = StatementFile.objects.select_for_update().get(pk=file.pk)
        if row.state not in OPEN:
            raise NotImported(f"The file can no longer be discarded: {_now(row)}.")
        staging.drop(Staged.of(row.pk))
        row.state = State.DISCARDED
        row.message = f"Discarded by {actor}."
        row.save()
        trail.record("payout file discarded", actor=actor, target=row)
    return row


def again(file: StatementFile, *, actor: User, said: Choices) -> StatementFile:
    """Reads a held file once more, by what was chosen. The account stays as it was given.

    What is said of bookings is said of the files that were asked about, and of no later ones.
    """
    with transaction.atomic():
        row = StatementFile.objects.select_for_update().get(pk=file.pk)
        if row.state != State.HELD:
            raise NotImported(f"The file cannot be read again: {_now(row)}.")
        asked = row.preview.get("asked", [])
        if said.asked is not None and said.asked != overlap.question(asked):
            raise NotImported("What is asked about the file has changed meanwhile. Look again.")
        row.format, row.state, row.message = said.format[:60], State.READING, ""
        given = row.preview.get("given", {})
        decided = given.get("decided", {})
        if said.overlap:
            decided = {**decided, **{str(pk): said.overlap for pk in asked}}
            by = {**given.get("decided_by", {}), **dict.fromkeys(map(str, asked), str(actor))}
            given = {**given, "decided_by": by}
        row.preview = {"given": {**given, "whole": said.whole, "decided": decided}}
        row.save()
        trail.record(
            "payout file read again", actor=actor, target=row, format=said.format,
            whole=said.whole, overlap=said.overlap, asked=asked,
        )  # fmt: skip
    return row


def _settle(file: StatementFile, refusal: NotImported) -> StatementFile:
    file.state = State.HELD if isinstance(refusal, OnHold) else State.REFUSED
    file.message = refusal.message
    rows, asked = (
        (refusal.rows, refusal.files) if isinstance(refusal, overlap.Doubtful) else ([], [])
    )
    file.preview = {**file.preview, "overlap": rows, "asked": asked}
    file.save(update_fields=["state", "message", "preview"])
    return file


def _one_at_a_time(gateway: str) -> None:
    """Files of one gateway are imported one after the other, so that each sees the other's lines."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"payouts of {gateway}"]
        )


def _now(file: StatementFile) -> str:
    if file.state == State.IMPORTED:
        return f"it is {known.told(file)}"
    return f"it is “{file.get_state_display().lower()}”"
