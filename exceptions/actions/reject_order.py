"""Refuse orders for good."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import transaction

from exceptions import lifecycle, rework
from exceptions.action import Action, Cleaned, Done
from exceptions.models import ExceptionCase
from exceptions.problems import NotPossible
from exceptions.words import counted
from integration.accounts.models import User
from integration.accounts.roles import May

_SHOWN = 100


class RejectForm(forms.Form):
    scope = forms.ChoiceField(label="Which orders", widget=forms.RadioSelect)
    orders = forms.MultipleChoiceField(
        label="Orders", required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label="Why",
        max_length=100,
        help_text="It stays with the order. Tell the customer too.",
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("scope") == "some" and not cleaned.get("orders"):
            raise forms.ValidationError("Tick the orders to reject.")
        return cleaned


class RejectOrder(Action):
    slug = "reject_order"
    label = "Reject the order"
    permission = May.REJECT_ORDERS
    help = (
        "The orders will never be sent to Prima. They leave every queue they are in, with your "
        "reason. What is in Prima already cannot be rejected here."
    )
    dangerous = True

    def form_class(
        self, case: ExceptionCase | None, given: Mapping[str, Any] | None = None
    ) -> type[forms.Form]:
        keys = rework.waiting_orders(case) if case else []

        class ForCase(RejectForm):
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                every = f"All {counted(len(keys), 'order')} of this case"
                self.fields["scope"].choices = [  # type: ignore[attr-defined]
                    ("some", "Those ticked below"),
                    ("all", every),
                ]
                self.fields["orders"].choices = [  # type: ignore[attr-defined]
                    (key, key) for key in keys[:_SHOWN]
                ]

        return ForCase

    def initial(self, case: ExceptionCase) -> dict[str, Any]:
        keys = rework.waiting_orders(case)
        return {"scope": "some", "orders": keys if len(keys) == 1 else []}

    def available(self, case: ExceptionCase, user: User) -> bool:
        able = super().available(case, user) and case.open_count > 0
        return able and bool(rework.waiting_orders(case))

    def perform(
        self, case: ExceptionCase, cleaned: Cleaned, *, actor: User, version: int | None
    ) -> Done:
        waiting = rework.waiting_orders(case)
        chosen = waiting if cleaned["scope"] == "all" else cleaned["orders"]
        keys = [key for key in waiting if key in set(chosen)]
        if not keys:
            raise NotPossible("None of these orders waits any more.")
        reason = cleaned["reason"]
        with transaction.atomic():
            note = f"Rejects {counted(len(keys), 'order')}: {reason}"
            lifecycle.act(case, note, actor=actor, version=version)
            job = rework.reject(keys, reason, actor=actor, case=case)
        return Done(f"{counted(len(keys), 'order')} rejected in the background.", job)
