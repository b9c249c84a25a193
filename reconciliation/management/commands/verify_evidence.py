"""`manage.py verify_evidence FILE`: whether an evidence pack is whole and unchanged."""

import zipfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integration.audit.models import AuditEntry
from reconciliation import evidence


class Command(BaseCommand):
    help = "Checks every file of an evidence pack against its hash, and the pack against the trail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            faults = evidence.verify(path)
        except (OSError, zipfile.BadZipFile) as error:
            raise CommandError(f"{path} cannot be read as an evidence pack: {error}") from error
        if faults:
            raise CommandError("\n".join(faults))
        digest = evidence.manifest_hash(path)
        entry = AuditEntry.objects.filter(
            action="evidence pack made", details__manifest=digest
        ).first()
        if entry is None:
            raise CommandError(
                "Its files fit their hashes, but the audit trail knows no such pack."
            )
        self.stdout.write(
            f"Whole and unchanged. Made by {entry.actor_name} on {entry.at:%d %b %Y, %H:%M} UTC."
        )
