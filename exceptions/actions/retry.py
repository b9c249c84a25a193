"""Try the orders of a case again."""

from collections.abc import Sequence

from django.db import transaction

from exceptions import lifecycle, rework
from exceptions.action import Action, Cleaned, Done
from exceptions.models import BulkJob, ExceptionCase
from exceptions.problems import NotPossible
from exceptions.words import counted
from integration.accounts.models import User
from integration.accounts.roles import May


class Retry(Action):
    slug = "retry"
    label = "Try again"
    permission = May.WORK_CASES
    help = (
        "Checks all orders of the case once more and sends those that are right now. Use it when "
        "something was put right outside the desk."
    )
    bulk = True
    asks = False

    def perform(
        self, case: ExceptionCase, cleaned: Cleaned, *, actor: User, version: int | None
    ) -> Done:
        orders, contacts = rework.waiting_orders(case), rework.waiting_contacts(case)
        if not orders and not contacts:
            raise NotPossible("No order waits behind this case.")
        what = counted(len(orders), "order") if orders else counted(len(contacts), "contact")
        with transaction.atomic():
            note = f"Tries {what} again"
            lifecycle.act(case, note, actor=actor, version=version)
            job = rework.try_again(orders, because="", action=self.slug, actor=actor, case=case)
        return Done(f"Trying {what} again in the background.", job)

    def perform_many(self, pks: Sequence[int], cleaned: Cleaned, *, actor: User) -> BulkJob | None:
        """An order that waits behind several of the cases is tried once."""
        cases = ExceptionCase.objects.filter(pk__in=pks)
        orders, contacts = rework.waiting_orders(*cases), rework.waiting_contacts(*cases)
        if not orders and not contacts:
            raise NotPossible("No order waits behind these cases.")
        if contacts:
            job = rework.try_contacts_again(contacts, because="", action=self.slug, actor=actor)
            if not orders:
                return job
        return rework.try_again(orders, because="", action=self.slug, actor=actor)
