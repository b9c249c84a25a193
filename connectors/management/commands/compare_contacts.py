"""`manage.py compare_contacts`: compares all contacts with their accounts now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from connectors.sync import runner
from integration.ownership.fields import label_of
from integration.ownership.models import Comparison, Drift

FLOW = "compare_contacts"


class Command(BaseCommand):
    help = "Compares contacts and accounts field by field, heals by policy, and says what is left."

    def handle(self, *args: Any, **options: Any) -> None:
        run = runner.run(FLOW, started_by="command line")
        if run is None:
            raise CommandError("Not run: it is switched off, or running already.")
        if run.status in (run.Status.FAILED, run.Status.STOPPED):
            raise CommandError(run.message)
        done = Comparison.objects.filter(finished_at__isnull=False).first()
        if done is None:
            raise CommandError("It was cut short; run it again to go on.")
        self.stdout.write(
            f"{done.pairs:,} customers compared, {done.differing:,} differ; "
            f"{done.found:,} new differences, {done.healed:,} healed."
        )
        for field, count in sorted(done.by_field.items()):
            self.stdout.write(f"  {label_of(field)}: {count:,}")
        states = dict(Drift.State.choices)
        for state, count in sorted(done.by_state.items()):
            self.stdout.write(f"  {states[state].lower()}: {count:,}")
