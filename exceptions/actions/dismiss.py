"""Close a case without its orders going through."""

from collections.abc import Mapping
from typing import Any

from django import forms

from exceptions import lifecycle
from exceptions.action import Action, Cleaned, Done
from exceptions.models import ExceptionCase, Status
from integration.accounts.models import User
from integration.accounts.roles import May


class DismissForm(forms.Form):
    reason = forms.CharField(
        label="Why",
        max_length=200,
        help_text="What was done, or why nothing needs to be done.",
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


class Dismiss(Action):
    slug = "dismiss"
    label = "Dismiss"
    permission = May.WORK_CASES
    help = (
        "Closes the case although its orders did not go through. They stay held and are not asked "
        "about again; a new order with the same cause opens the case again."
    )
    bulk = True
    undoable = True
    dangerous = True

    def form_class(
        self, case: ExceptionCase | None, given: Mapping[str, Any] | None = None
    ) -> type[forms.Form]:
        return DismissForm

    def available(self, case: ExceptionCase, user: User) -> bool:
        return user.may(self.permission) and case.status in (Status.OPEN, Status.SNOOZED)

    def perform(
        self, case: ExceptionCase, cleaned: Cleaned, *, actor: User, version: int | None
    ) -> Done:
        lifecycle.dismiss(case, cleaned["reason"], actor=actor, version=version)
        return Done("The case is dismissed.")

    def before(self, case: ExceptionCase) -> dict[str, Any]:
        return {"status": case.status}

    def take_back(
        self, case: ExceptionCase, before: Mapping[str, Any], *, actor: User, version: int
    ) -> None:
        lifecycle.reopen(case, "Dismissing it was taken back", actor=actor, version=version)
