"""`manage.py verify_audit`: proves that no entry of the audit trail was altered or removed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integration.audit.models import AuditEntry
from integration.audit.trail import verify


class Command(BaseCommand):
    help = "Walks the audit trail and says where it breaks, if it does."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head",
            help="the hash an earlier run ended with: proves that nothing was cut off since",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = verify()
        if not verdict.sound:
            raise CommandError(
                f"The trail breaks at entry {verdict.broken_at}: {verdict.why}. "
                f"{verdict.entries} entries before it are sound."
            )
        head = options["head"]
        if head and not AuditEntry.objects.filter(hash=head).exists():
            raise CommandError(f"The entry with the hash {head} is gone: the trail was cut off.")
        self.stdout.write(f"{verdict.entries} entries, unbroken. It ends with {verdict.head}.")
