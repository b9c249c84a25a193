"""Open a closed case again."""

from collections.abc import Mapping
from typing import Any

from django import forms

from exceptions import lifecycle
from exceptions.action import Action, Cleaned, Done
from exceptions.models import ACTIVE, ExceptionCase
from integration.accounts.models import User
from integration.accounts.roles import May


class ReopenForm(forms.Form):
    reason = forms.CharField(
        label="Why", max_length=200, widget=forms.TextInput(attrs={"class": "form-control"})
    )


class Reopen(Action):
    slug = "reopen"
    label = "Open again"
    permission = May.WORK_CASES
    help = "Opens a closed case again. Orders that were dismissed with it wait again."

    def form_class(
        self, case: ExceptionCase | None, given: Mapping[str, Any] | None = None
    ) -> type[forms.Form]:
        return ReopenForm

    def available(self, case: ExceptionCase, user: User) -> bool:
        return user.may(self.permission) and case.status not in ACTIVE

    def perform(
        self, case: ExceptionCase, cleaned: Cleaned, *, actor: User, version: int | None
    ) -> Done:
        lifecycle.reopen(case, cleaned["reason"], actor=actor, version=version)
        return Done("The case is open again.")
