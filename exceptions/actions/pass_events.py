"""Leave customers untold."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import transaction

from exceptions import events, lifecycle
from exceptions.action import Action, Cleaned, Done
from exceptions.models import ExceptionCase
from exceptions.problems import NotPossible
from exceptions.words import counted
from integration.accounts.models import User
from integration.accounts.roles import May


class PassForm(forms.Form):
    reason = forms.CharField(
        label="Why",
        max_length=100,
        help_text="It stays with the order.",
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


class PassEvents(Action):
    slug = "pass_events"
    label = "Do not tell"
    permission = May.WORK_CASES
    help = "The customers behind the case are not told of it, now or later. Your reason is kept."
    dangerous = True

    def form_class(
        self, case: ExceptionCase | None, given: Mapping[str, Any] | None = None
    ) -> type[forms.Form]:
        return PassForm

    def perform(
        self, case: ExceptionCase, cleaned: Cleaned, *, actor: User, version: int | None
    ) -> Done:
        keys = events.waiting_events(case)
        if not keys:
            raise NotPossible("No order event waits behind this case.")
        number, reason = counted(len(keys), "order event"), cleaned["reason"]
        with transaction.atomic():
            note = f"Does not tell of {number}: {reason}"
            lifecycle.act(case, note, actor=actor, version=version)
            job = events.leave(keys, reason, actor=actor, case=case)
        return Done(f"{number} passed over in the background.", job)
