"""Let a case rest until a day."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils import timezone

from exceptions import lifecycle
from exceptions.action import Action, Cleaned, Done
from exceptions.models import ExceptionCase, Status
from integration.accounts.models import User
from integration.accounts.roles import May

MORNING = time(8, 0)
LONGEST_DAYS = 92


class SnoozeForm(forms.Form):
    until = forms.DateField(
        label="Until the morning of",
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
    )

    def clean_until(self) -> date:
        day: date = self.cleaned_data["until"]
        ahead = (day - timezone.localdate()).days
        if ahead < 1:
            raise forms.ValidationError("Choose a day after today.")
        if ahead > LONGEST_DAYS:
            raise forms.ValidationError("Three months at most; else dismiss it with a reason.")
        return day


class Snooze(Action):
    slug = "snooze"
    label = "Snooze"
    permission = May.WORK_CASES
    help = (
        "Takes the case out of the way until a day on which something is known. Its orders stay "
        "held and still count."
    )
    bulk = True
    undoable = True

    def form_class(
        self, case: ExceptionCase | None, given: Mapping[str, Any] | None = None
    ) -> type[forms.Form]:
        return SnoozeForm

    def available(self, case: ExceptionCase, user: User) -> bool:
        return user.may(self.permission) and case.status in (Status.OPEN, Status.SNOOZED)

    def perform(
        self, case: ExceptionCase, cleaned: Cleaned, *, actor: User, version: int | None
    ) -> Done:
        zone = ZoneInfo(settings.DISPLAY_TIME_ZONE)
        until = datetime.combine(cleaned["until"], MORNING, zone)
        lifecycle.snooze(case, until, actor=actor, version=version)
        return Done(f"The case rests until {cleaned['until']:%-d %B %Y}.")

    def before(self, case: ExceptionCase) -> dict[str, Any]:
        until = case.snoozed_until
        return {"until": until.isoformat() if until else ""}

    def take_back(
        self, case: ExceptionCase, before: Mapping[str, Any], *, actor: User, version: int
    ) -> None:
        if before["until"]:
            until = datetime.fromisoformat(before["until"])
            lifecycle.snooze(case, until, actor=actor, version=version)
            return
        lifecycle.wake(case, actor=actor, version=version)
