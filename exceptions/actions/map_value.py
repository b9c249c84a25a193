"""Translate a word of the campaigns for Prima."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import transaction

from connectors.sync.orders.preview import BookChange
from exceptions import choosing, lifecycle, mapped, rework, suggest, trial
from exceptions.action import Action, Cleaned, Done, Preview
from exceptions.models import ExceptionCase
from exceptions.words import counted
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.mapping.models import ValueMapping

_DOMAINS = dict(ValueMapping.Domain.choices)


class ValueForm(forms.Form):
    search = choosing.search_field("Prima's codes")
    target = choosing.CodeField(label="In Prima", exists=lambda code: False)
    note = forms.CharField(
        label="Note",
        max_length=250,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


class MapValue(Action):
    slug = "map_value"
    label = "Map the value"
    permission = May.MAP_VALUES
    help = "Says what this word of the campaigns means in Prima, for these orders and all to come."
    must_preview = True

    def form_class(
        self, case: ExceptionCase | None, given: Mapping[str, Any] | None = None
    ) -> type[forms.Form]:
        domain, value = _of(case) if case else ("", "")
        hits = suggest.values(domain, choosing.asked(given, "search", value), limit=40)
        every = {hit.code for hit in suggest.values(domain, value, limit=1_000)}

        class ForValue(ValueForm):
            target = choosing.CodeField(
                label="In Prima",
                exists=lambda code: code in every,
                error_messages={"invalid_choice": "Prima has no such code."},
            )

            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                self.fields["target"].choices = choosing.choices_of(hits)  # type: ignore[attr-defined]

        return ForValue

    def available(self, case: ExceptionCase, user: User) -> bool:
        return super().available(case, user) and all(_of(case))

    def preview(self, case: ExceptionCase, cleaned: Cleaned, actor: User) -> Preview | None:
        domain, value = _of(case)
        before = mapped.current(ValueMapping, {"domain": domain, "source": value})
        change = BookChange(values=((domain, value, cleaned["target"]),))
        row = (_named(domain, value), before.target if before else "", cleaned["target"])
        return trial.of_mappings(case, change, differences=[row])

    def perform(
        self, case: ExceptionCase, cleaned: Cleaned, *, actor: User, version: int | None
    ) -> Done:
        domain, value = _of(case)
        target = cleaned["target"]
        orders = rework.waiting_orders(case)
        what = f"{_named(domain, value)} → {target}"
        with transaction.atomic():
            lifecycle.act(case, f"Mapped {what}", actor=actor, version=version)
            mapped.map_value(domain, value, target, actor=actor, note=cleaned.get("note", ""))
            job = rework.try_again(
                orders, because=f"mapping {what}", action=self.slug, actor=actor, case=case
            )
        return Done(f"Mapped. Trying {counted(len(orders), 'order')} again.", job)


def _named(domain: str, value: str) -> str:
    return f"{_DOMAINS.get(domain, domain).lower()} {value}"


def _of(case: ExceptionCase) -> tuple[str, str]:
    """The domain and the word, whichever kind of case told them."""
    facts = case.facts
    if facts.get("domain"):
        return str(facts["domain"]), str(facts.get("value", ""))
    if facts.get("reason") == "terms_differ":
        return ValueMapping.Domain.TERMS.value, str(facts.get("terms", ""))
    if "country" in str(facts.get("reasons", "")).split(", "):
        return ValueMapping.Domain.COUNTRY.value, str(facts.get("country", ""))
    return "", ""
