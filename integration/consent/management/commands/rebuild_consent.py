"""`manage.py rebuild_consent`: states anew from the events of the ledger."""

from typing import Any

from django.core.management.base import BaseCommand

from integration.consent import projection


class Command(BaseCommand):
    help = "Makes every consent state anew from the events. Suppressions are not touched."

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = len(projection.differences())
        made = projection.rebuild()
        self.stdout.write(f"{made} states made from the events; {wrong} were different before.")
