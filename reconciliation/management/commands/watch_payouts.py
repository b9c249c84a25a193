"""`manage.py watch_payouts`: imports what lies in the watched folder, once or for good."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from reconciliation.importing.watching import watch


class Command(BaseCommand):
    help = "Imports the files of the watched folder and moves each to done or refused, with a note."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, help="Instead of PAYOUT_FOLDER.")
        parser.add_argument("--every", type=int, help="Look again every so many seconds.")
        parser.add_argument(
            "--pause", type=int, default=3, help="Seconds in which a file must not change."
        )

    def handle(
        self, *args: Any, folder: Path | None, every: int | None, pause: int, **options: Any
    ) -> None:
        watched = folder or (Path(settings.PAYOUT_FOLDER) if settings.PAYOUT_FOLDER else None)
        if watched is None or not watched.is_dir():
            raise CommandError("Name a folder: set PAYOUT_FOLDER or give --folder.")
        while True:
            for taken in watch(watched, pause=pause):
                word = "imported" if taken.imported else "refused"
                self.stdout.write(f"{taken.name}: {word}. {taken.note}")
            if not every:
                return
            time.sleep(every)
