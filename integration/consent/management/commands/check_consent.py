"""`manage.py check_consent`: whether states and suppressions are what the events say."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from integration.consent import projection


class Command(BaseCommand):
    help = "Compares states and suppressions with the events; fails when they differ."

    def handle(self, *args: Any, **options: Any) -> None:
        wrong, missing = projection.differences(), list(projection.unsuppressed())
        if wrong or missing:
            raise CommandError(
                f"{len(wrong)} states are not what the events say (run rebuild_consent), and "
                f"{len(missing)} restrictions have no suppression."
            )
        self.stdout.write("Every state and every suppression is what the events say.")
