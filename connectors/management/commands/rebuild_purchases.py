"""`manage.py rebuild_purchases`: everybody's purchase history worked out anew from Prima's documents."""

from typing import Any

from django.core.management.base import BaseCommand

from connectors.sync.nudges import nudge
from connectors.sync.purchases import staging
from integration.audit.trail import record


class Command(BaseCommand):
    help = (
        "Works the purchase history of every contact out anew; what differs goes with the next run."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        differ = staging.rebuild()
        record("purchase history rebuilt", actor=None, label="purchase history", rows=differ)
        nudge(staging.NAME)
        self.stdout.write(f"{differ} rows differ from what was there.")
