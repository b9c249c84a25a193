"""`manage.py import_payout FILE`: imports a file of a gateway or bank, or says why not."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from reconciliation.importing import archives, evidence, files, known
from reconciliation.importing.files import Choices, Origin
from reconciliation.importing.mappings import title_of
from reconciliation.importing.overlap import Decided, said_of
from reconciliation.importing.problems import NotImported
from reconciliation.importing.staging import Staged
from reconciliation.importing.totals import Preview
from reconciliation.models import StatementFile


class Command(BaseCommand):
    help = (
        "Imports a payout report or bank statement. Ends with status 0 only when the file is whole "
        "and its figures agree and, without --dry-run, every line of it was imported."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="Read and check only.")
        parser.add_argument("--format", default="", help="Do not recognise it: it is this.")
        parser.add_argument(
            "--whole", action="store_true", help="It is whole although its end looks cut off."
        )
        parser.add_argument(
            "--overlap", default="", choices=["same", "further"],
            help="What bookings are that another statement may have brought.",
        )  # fmt: skip
        parser.add_argument("--account", default="", help="For lines that name no account.")
        parser.add_argument("--company", default=settings.COMPANIES[0], choices=settings.COMPANIES)

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        try:
            if dry_run:
                self._try(file, options)
            else:
                self._import(file, options)
        except NotImported as refusal:
            raise CommandError(refusal.message) from refusal

    def _try(self, path: Path, options: dict[str, Any]) -> None:
        """Everything an import checks, in a transaction that is taken back."""
        with (
            path.open("rb") as packed,
            archives.unpacked(packed, path.name) as (stream, name),
            transaction.atomic(),
        ):
            known.refuse_same_file(evidence.hash_of(stream))
            read = files.examine(
                stream,
                name,
                Staged.of(f"trial_{uuid4().hex}"),
                Choices(options["format"], options["account"], options["whole"]),
                Decided(said_of(options["overlap"])),
            )
            transaction.set_rollback(True)
        tallied = read.tallied
        self._tell(read.format.title, tallied.lines, tallied.preview(read.reason, read.warnings))
        self.stdout.write("Nothing was imported: this was a trial.")

    def _import(self, path: Path, options: dict[str, Any]) -> None:
        with path.open("rb") as stream:
            kept = evidence.keep(evidence.chunks_of(stream))
        origin = Origin(
            name=path.name,
            actor_name="the command line",
            via="command",
            company=options["company"],
            format=options["format"],
            account=options["account"],
            whole=options["whole"],
            overlap=said_of(options["overlap"]),
        )
        file = files.inspect(files.arrive(kept, origin))
        if file.state != StatementFile.State.PREVIEW:
            raise NotImported(file.message)
        self._tell(title_of(file.format), file.lines, file.preview)
        file = files.commit(file, actor=None, actor_name=origin.who)
        self.stdout.write(f"Imported: {file.taken}.")

    def _tell(self, title: str, lines: int, preview: Preview | dict[str, Any]) -> None:
        self.stdout.write(f"{title}. {preview['reason']}")
        days = f", {preview['first_day']} to {preview['last_day']}" if preview["first_day"] else ""
        payouts = _many(preview["payout_count"], "payout")
        self.stdout.write(f"{_many(lines, 'line')}, {payouts}{days}")
        for one in preview["kinds"]:
            self.stdout.write(
                f"  {one['kind']:<22} {one['count']:>9,}  gross {one['gross']:>16}  "
                f"fee {one['fee']:>14}  net {one['net']:>16} {one['currency']}"
            )
        for one in preview["statements"]:
            self.stdout.write(
                f"  statement {one['statement']}: {one['opening']} to {one['closing']} "
                f"{one['currency']}"
            )
        if preview["sentence"]:
            self.stdout.write(preview["sentence"])
        for remark in preview["remarks"]:
            if remark != preview["sentence"]:
                self.stdout.write(f"Note: {remark}")


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
