"""Tell customers what became of their orders, once more."""

from collections.abc import Sequence

from django.db import transaction

from exceptions import events, lifecycle
from exceptions.action import Action, Cleaned, Done
from exceptions.models import BulkJob, ExceptionCase
from exceptions.problems import NotPossible
from exceptions.words import counted
from integration.accounts.models import User
from integration.accounts.roles import May


class TellCustomers(Action):
    slug = "tell_customers"
    label = "Tell now"
    permission = May.WORK_CASES
    help = (
        "Lets the contacts behind the case into their journeys, also when the news is late. Nobody "
        "is told twice: Marketing Cloud is asked first about those that may have been told."
    )
    bulk = True
    asks = False

    def perform(
        self, case: ExceptionCase, cleaned: Cleaned, *, actor: User, version: int | None
    ) -> Done:
        keys = events.waiting_events(case)
        if not keys:
            raise NotPossible("No order event waits behind this case.")
        number = counted(len(keys), "order event")
        with transaction.atomic():
            lifecycle.act(case, f"Tells of {number}", actor=actor, version=version)
            job = events.tell(keys, action=self.slug, actor=actor, case=case)
        return Done(f"Telling of {number} in the background.", job)

    def perform_many(self, pks: Sequence[int], cleaned: Cleaned, *, actor: User) -> BulkJob | None:
        keys = events.waiting_events(*ExceptionCase.objects.filter(pk__in=pks))
        if not keys:
            raise NotPossible("No order event waits behind these cases.")
        return events.tell(keys, action=self.slug, actor=actor)
