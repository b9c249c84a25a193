"""Put the data of one order right, beside the original."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import transaction

from exceptions import corrections, lifecycle, rework, trial
from exceptions.action import Action, Cleaned, Done, Preview
from exceptions.choosing import asked
from exceptions.corrections import Field
from exceptions.models import ExceptionCase, Occurrence
from exceptions.problems import NotPossible
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.mirror.models import CampaignOrder


class CorrectionForm(forms.Form):
    order = forms.CharField(widget=forms.HiddenInput)
    everything = forms.BooleanField(
        label="Show every field of the order",
        required=False,
        help_text="Tick it and press the button when the field you need is not above.",
    )
    reason = forms.CharField(
        label="Why, and where you know it from",
        max_length=250,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


class CorrectOrder(Action):
    slug = "correct_order"
    label = "Correct the order"
    permission = May.CORRECT_ORDERS
    help = (
        "Changes the data of one order and tries it again. What the campaign sent is kept beside "
        "your correction, and both are shown."
    )
    must_preview = True

    def form_class(
        self, case: ExceptionCase | None, given: Mapping[str, Any] | None = None
    ) -> type[forms.Form]:
        seen = _seen(case, asked(given, "order")) if case else None
        order = CampaignOrder.objects.filter(key=seen.external_id).first() if seen else None
        if seen is None or order is None:
            return CorrectionForm
        every = bool(asked(given, "everything"))
        return _form_for(order, seen, _wanted(corrections.fields_of(order), seen, every=every))

    def available(self, case: ExceptionCase, user: User) -> bool:
        able = super().available(case, user) and case.open_count > 0
        return able and bool(rework.waiting_orders(case))

    def preview(self, case: ExceptionCase, cleaned: Cleaned, actor: User) -> Preview | None:
        order, changes = _changes(case, cleaned)
        labels = {field.pointer: field for field in corrections.fields_of(order)}
        differences = [
            (labels[pointer].label, labels[pointer].value, change["to"])
            for pointer, change in changes.items()
        ]
        return trial.of_correction(case, order.key, changes, differences=differences)

    def perform(
        self, case: ExceptionCase, cleaned: Cleaned, *, actor: User, version: int | None
    ) -> Done:
        order, changes = _changes(case, cleaned)
        with transaction.atomic():
            note = f"Corrected order {order.key}: {cleaned['reason']}"
            lifecycle.act(case, note, actor=actor, version=version)
            corrections.correct(order, changes, cleaned["reason"], actor=actor)
            because = f"a correction by {actor}"
            job = rework.try_again(
                [order.key], because=because, action=self.slug, actor=actor, case=case
            )
        return Done(f"Order {order.key} is corrected and tried again.", job)


def _form_for(order: CampaignOrder, seen: Occurrence, wanted: list[Field]) -> type[CorrectionForm]:
    class ForOrder(CorrectionForm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            for field in wanted:
                self.fields[name_of(field.pointer)] = _form_field(field, seen)
            self.order_fields(
                ["order", *[name_of(field.pointer) for field in wanted], "everything", "reason"]
            )
            self.fields["order"].initial = order.key
            self.fields["reason"].help_text = f"This corrects order {order.key} alone."

    return ForOrder


def name_of(pointer: str) -> str:
    """The name of the form field for a place in the order: "/lines/0/sku" → "lines.0.sku"."""
    return pointer.strip("/").replace("/", ".")


def _seen(case: ExceptionCase, key: str) -> Occurrence | None:
    """The chosen order of the case, or the one of most money."""
    waiting = case.occurrences.filter(closed_at__isnull=True).order_by("-amount", "pk")
    return (waiting.filter(external_id=key) if key else waiting).first()


def _wanted(fields: list[Field], seen: Occurrence, *, every: bool) -> list[Field]:
    """The fields marked as wrong and their neighbours first; then the others when asked for."""
    near = {_group(pointer) for pointer in seen.pointers}
    marked = [field for field in fields if _group(field.pointer) in near]
    rest = [field for field in fields if field not in marked]
    return marked + rest if every or not marked else marked


def _group(pointer: str) -> str:
    """A line, a promotion or an address is looked at as a whole."""
    if not pointer.startswith("/order/"):
        return "/".join(pointer.split("/")[:3])
    name = pointer.removeprefix("/order/")
    part = name.split("_")[0]
    return f"/order/{part}" if part in ("invoice", "delivery", "shipping", "payment") else pointer


def _form_field(field: Field, seen: Occurrence) -> forms.CharField:
    wrong = field.pointer in seen.pointers
    return forms.CharField(
        label=field.label,
        required=False,
        initial=field.value,
        max_length=500,
        help_text="This is marked as wrong." if wrong else "",
        widget=forms.TextInput(
            attrs={"class": "form-control", **({"autofocus": True} if wrong else {})}
        ),
    )


def _changes(
    case: ExceptionCase, cleaned: Cleaned
) -> tuple[CampaignOrder, dict[str, dict[str, str]]]:
    seen = _seen(case, cleaned["order"])
    order = CampaignOrder.objects.filter(key=cleaned["order"]).first() if seen else None
    if order is None:
        raise NotPossible("This order does not wait behind the case any more.")
    values = {
        field.pointer: str(cleaned[name_of(field.pointer)])
        for field in corrections.fields_of(order)
        if name_of(field.pointer) in cleaned
    }
    changes = corrections.changes_of(order, values)
    if not changes:
        raise NotPossible("Nothing was changed yet.")
    return order, changes
