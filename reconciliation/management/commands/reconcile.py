"""`manage.py reconcile [CONTROL …] [--as-of DATE] [--full]`: runs controls and says what differs."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reconciliation import running
from reconciliation.control import control_of


class Command(BaseCommand):
    help = "Compares both sides. Looks at what changed since the last run, unless told otherwise."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("control", nargs="*", help="Which controls; all when none is named.")
        parser.add_argument(
            "--as-of",
            type=date.fromisoformat,
            help="Only what is dated by then; nothing is opened or healed.",
        )
        parser.add_argument("--full", action="store_true", help="Look at everything again.")

    def handle(self, *args: Any, **options: Any) -> None:
        slugs: list[str] = options["control"]
        try:
            for slug in slugs:
                control_of(slug)
        except LookupError as error:
            raise CommandError(str(error)) from error
        for run in running.run_all(slugs, full=options["full"], as_of=options["as_of"]):
            self.stdout.write(
                f"{run.control}: {run.compared} compared, {run.standing} differ,"
                f" {run.opened} found now, {run.healed} healed, {run.tolerated} within tolerance"
            )
            if run.message:
                self.stdout.write(f"  {run.message}")
