"""`manage.py link_customers [--dry-run]`: links the whole estate, and says how."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from connectors.sync.identity.estate import running
from connectors.sync.identity.ladder import STEPS
from integration.identity.models import LinkRun


class Command(BaseCommand):
    help = (
        "Links every contact of Marketing Cloud to its account in Prima where that is certain, and "
        "reports what is only likely, what could be several, and who is alone. Running it again "
        "changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only report; link nobody")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            row = running.ask(is_dry=options["dry_run"], name="command line")
        except running.AlreadyLinking as already:
            raise CommandError(already.message) from already
        running.run(row)
        for line in report(row):
            self.stdout.write(line)


def report(row: LinkRun) -> list[str]:
    """The figures as lines for people."""
    told = row.figures
    verb = "Would be linked" if row.is_dry else "Linked"
    linked = told["linked"]
    return [
        (
            f"{told['contacts']:,} contacts and {told['accounts']:,} accounts; "
            f"{told['linked_before']:,} contacts were linked before."
        ),
        f"{verb}: {sum(linked.values()):,}",
        *(f"  {STEPS[step]}: {number:,}" for step, number in linked.items()),
        f"Suggested, for a person to decide: {told['suggested']:,}",
        f"Could be several accounts: {told['ambiguous']:,}",
        f"Contacts without an account: {told['contacts_alone']:,}",
        f"Accounts without a contact: {told['accounts_alone']:,}",
        f"Took {told['milliseconds'] / 1000:.1f} s.",
    ]
