"""`manage.py verify_evidence FILE`: whether an evidence pack is whole and unchanged."""

import zipfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integration.audit import trail
from integration.audit.models import AuditEntry
from reconciliation import evidence


class Command(BaseCommand):
    help = "Checks every file of an evidence pack against its hash, and the pack against the trail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open("rb") as file:
                whole = evidence.hash_of_all(file)
            faults = evidence.verify(path)
        except (OSError, zipfile.BadZipFile) as error:
            raise CommandError(f"{path} cannot be read as an evidence pack: {error}") from error
        if faults:
            raise CommandError("\n".join(faults))
        entry = _made(manifest=evidence.manifest_hash(path))
        if entry is None:
            raise CommandError(
                "Its files fit their hashes, but the audit trail knows no such pack."
            )
        if entry.details.get("sha256") != whole and _made(sha256=whole) is None:
            raise CommandError(
                "The files in it are those that were packed, but the ZIP around them was changed:"
                " it is not byte for byte the pack that was made."
            )
        if trail.verify().broken_at is not None:
            raise CommandError("The pack is whole, but the audit trail that vouches for it is not.")
        self.stdout.write(
            f"Whole and unchanged. Made by {entry.actor_name} on {entry.at:%d %b %Y, %H:%M} UTC."
        )


def _made(**hashes: str) -> AuditEntry | None:
    wanted = {f"details__{name}": value for name, value in hashes.items()}
    return AuditEntry.objects.filter(action="evidence pack made", **wanted).first()
