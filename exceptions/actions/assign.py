"""Give a case to somebody."""

from collections.abc import Mapping
from typing import Any

from django import forms

from exceptions import lifecycle
from exceptions.action import Action, Cleaned, Done
from exceptions.models import ExceptionCase
from exceptions.problems import NotPossible
from integration.accounts.models import User
from integration.accounts.roles import ROLES, May

_ROLES = [role.value for role, may in ROLES.items() if May.WORK_CASES in may]


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(
        label="Assign to",
        queryset=User.objects.none(),
        required=False,
        empty_label="Nobody",
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True, roles__overlap=_ROLES)
        self.fields["to"].queryset = people  # type: ignore[attr-defined]


class Assign(Action):
    slug = "assign"
    label = "Assign"
    permission = May.WORK_CASES
    help = "Says who works on it, so that nobody does it twice."
    bulk = True
    undoable = True

    def form_class(
        self, case: ExceptionCase | None, given: Mapping[str, Any] | None = None
    ) -> type[forms.Form]:
        return AssignForm

    def initial(self, case: ExceptionCase) -> dict[str, Any]:
        return {"to": case.assignee_id}

    def perform(
        self, case: ExceptionCase, cleaned: Cleaned, *, actor: User, version: int | None
    ) -> Done:
        to = cleaned["to"]
        if to is None:
            lifecycle.unassign(case, actor=actor, version=version)
            return Done("The case is assigned to nobody.")
        lifecycle.assign(case, to, actor=actor, version=version)
        return Done(f"The case is assigned to {to}.")

    def before(self, case: ExceptionCase) -> dict[str, Any]:
        return {"assignee": case.assignee_id}

    def take_back(
        self, case: ExceptionCase, before: Mapping[str, Any], *, actor: User, version: int
    ) -> None:
        if before["assignee"] is None:
            lifecycle.unassign(case, actor=actor, version=version)
            return
        to = User.objects.filter(pk=before["assignee"]).first()
        if to is None:
            raise NotPossible("The person it was assigned to before is not known any more.")
        lifecycle.assign(case, to, actor=actor, version=version)
