"""`manage.py demo_customers`: the demo has two customers that became one, and two taken apart again."""

from itertools import groupby, pairwise
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.db.models.functions import Lower

from exceptions.customers import decisions, reads
from integration.accounts.models import User
from integration.identity import merging
from integration.identity.models import Customer, Merger

WHO = "mark"
MOVED = "One person, who moved house and registered again; told us on the telephone."
NAMESAKES = "Same name, so they looked like one."
APART = "Two people after all: one rang, and has never lived at the other address."


class Command(BaseCommand):
    help = "Merges namesakes of the demo, and takes the second merger apart. Once."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Demo data has no place in production.")
        if Merger.objects.exists():
            self.stdout.write("Customers were merged already: nothing to do.")
            return
        actor = User.objects.filter(username=WHO).first()
        if actor is None:
            raise CommandError(f"There is no {WHO}: run manage.py demo_people first.")
        pairs = _namesakes()
        for kept, gone in pairs[:1]:
            decisions.merge(kept, gone, actor=actor, reason=MOVED)
        for kept, gone in pairs[1:2]:
            merger = decisions.merge(kept, gone, actor=actor, reason=NAMESAKES)
            decisions.undo(merger, actor=actor, reason=APART)
        self.stdout.write(f"{len(pairs[:2])} pairs of customers were merged, one stays so.")


def _namesakes() -> list[tuple[Customer, Customer]]:
    """Pairs of one name known to both systems, without a tax number that would tell them apart."""
    known = reads.customers().filter(merged_into__isnull=True, erased_at__isnull=True)
    named = known.exclude(name="").annotate(same=Lower("name"))
    linked: QuerySet[Any] = named.order_by("same", "created_at", "pk")
    linked = linked.filter(contact_key__isnull=False, account_code__isnull=False)
    return [
        (first, second)
        for _, group in groupby(linked, key=lambda one: one.same)
        for first, second in list(pairwise(group))[:1]
        if not decisions.two_numbers(first, second) and not merging.why_not(first, second)
    ]
