"""Send refused rows to Marketing Cloud once more."""

from django.db import transaction

from exceptions import lifecycle, rows
from exceptions.action import Action, Cleaned, Done
from exceptions.models import ExceptionCase
from exceptions.problems import NotPossible
from exceptions.words import counted
from integration.accounts.models import User
from integration.accounts.roles import May


class SendRowsAgain(Action):
    slug = "send_rows_again"
    label = "Send the rows again"
    permission = May.WORK_CASES
    help = (
        "Sends all rows of the case once more, as they are. Use it when the data extension was put "
        "right in Marketing Cloud."
    )
    asks = False

    def perform(
        self, case: ExceptionCase, cleaned: Cleaned, *, actor: User, version: int | None
    ) -> Done:
        waiting = rows.waiting_rows(case)
        if not waiting:
            raise NotPossible("No row waits behind this case.")
        number = counted(len(waiting), "row")
        with transaction.atomic():
            lifecycle.act(case, f"Sends {number} again", actor=actor, version=version)
            job = rows.send_again(waiting, actor=actor, case=case)
        return Done(f"Sending {number} again in the background.", job)
