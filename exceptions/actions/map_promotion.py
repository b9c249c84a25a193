"""Say where the money of a promotion goes in Prima, and how much it may be."""

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django import forms
from django.db import transaction

from connectors.sync.orders.preview import BookChange
from exceptions import approvals, choosing, lifecycle, mapped, rework, suggest, trial
from exceptions.action import Action, Cleaned, Done, Preview
from exceptions.models import Approval, ExceptionCase
from exceptions.words import counted
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.mapping.book import MappingBook, PromotionRule
from integration.mapping.models import PromotionMapping
from integration.mirror.models import PrimaCode

Treatment = PromotionMapping.Treatment
LISTS: Mapping[str, tuple[str, ...]] = {
    Treatment.DISCOUNT: (PrimaCode.List.PROMOTION,),
    Treatment.CHARGE: (PrimaCode.List.PROMOTION, PrimaCode.List.CHARGE),
    Treatment.PAYMENT: (PrimaCode.List.PAYMENT_METHOD,),
}
_LIST_WORDS = {
    "promotion": "promotion code",
    "charge": "charge code",
    "payment_method": "payment method",
}


class PromotionForm(forms.Form):
    treatment = forms.ChoiceField(
        label="What it is",
        choices=Treatment.choices,
        widget=forms.RadioSelect,
        help_text="Vouchers and store credit are payments: they do not make the goods cheaper.",
    )
    prima_code = forms.ChoiceField(
        label="Code in Prima", widget=forms.Select(attrs={"class": "form-select"})
    )
    max_percent = forms.DecimalField(
        label="Limit in percent of the order",
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=7,
        decimal_places=4,
        help_text="Empty: the limit of the order policy. Above the policy finance approves first.",
    )
    max_amount = forms.DecimalField(
        label="Limit as an amount",
        required=False,
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=3,
    )
    may_stack = forms.BooleanField(
        label="May be combined with other promotions", required=False, initial=True
    )
    note = forms.CharField(
        label="Why",
        max_length=250,
        help_text="What the promotion promises and who said so.",
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        code, treatment = cleaned.get("prima_code"), cleaned.get("treatment")
        if code and treatment:
            lists = LISTS[treatment]
            if not PrimaCode.objects.filter(list__in=lists, code=code).exists():
                allowed = " or ".join(_LIST_WORDS[one] for one in lists)
                self.add_error("prima_code", f"{code} is no {allowed}; choose one.")
        return cleaned


class MapPromotion(Action):
    slug = "map_promotion"
    label = "Map the promotion"
    permission = May.MAP_PROMOTIONS
    help = (
        "Says where the money of this promotion goes in Prima, for these orders and all to come. "
        "A limit above the order policy is approved by a second person of finance first."
    )
    must_preview = True

    def form_class(
        self, case: ExceptionCase | None, given: Mapping[str, Any] | None = None
    ) -> type[forms.Form]:
        code = case.facts.get("code", "") if case else ""
        choices = [("", "Choose a code")]
        for one, words in _LIST_WORDS.items():
            choices += [
                (hit.code, f"{words}: {choosing.line(hit)}")
                for hit in suggest.codes(one, code, limit=500)
            ]

        class ForCodes(PromotionForm):
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                self.fields["prima_code"].choices = choices  # type: ignore[attr-defined]

        return ForCodes

    def initial(self, case: ExceptionCase) -> dict[str, Any]:
        """What is mapped already, else what the promotion's own words suggest."""
        now = mapped.current(PromotionMapping, {"source_code": case.facts.get("code", "")})
        if now:
            names = ("treatment", "prima_code", "max_percent", "max_amount", "may_stack", "note")
            return {name: getattr(now, name) for name in names}
        kind, scope = case.facts.get("type", ""), case.facts.get("scope", "")
        if kind in ("voucher", "store_credit"):
            return {"treatment": Treatment.PAYMENT}
        if kind == "free_shipping" or scope == "shipping":
            return {"treatment": Treatment.CHARGE}
        return {"treatment": Treatment.DISCOUNT}

    def available(self, case: ExceptionCase, user: User) -> bool:
        return super().available(case, user) and bool(case.facts.get("code"))

    def preview(self, case: ExceptionCase, cleaned: Cleaned, actor: User) -> Preview | None:
        code = case.facts["code"]
        before = mapped.current(PromotionMapping, {"source_code": code})
        was = f"{before.get_treatment_display()}: {before.prima_code}" if before else ""
        row = (f"Promotion {code}", was, f"{_word(cleaned)}: {cleaned['prima_code']}")
        change = BookChange(promotions=((code, _rule(cleaned)),))
        return trial.of_mappings(case, change, differences=[row])

    def perform(
        self, case: ExceptionCase, cleaned: Cleaned, *, actor: User, version: int | None
    ) -> Done:
        values = {name: cleaned[name] for name in (*asdict(_rule(cleaned)), "note")}
        if limit := _above_policy(cleaned):
            proposal = approvals.Proposal(
                action=self.slug,
                payload={name: _plain(value) for name, value in values.items()},
                summary=f"Map promotion {case.facts['code']} → {cleaned['prima_code']}, {limit}",
                reason=cleaned["note"],
            )
            approval = approvals.propose(case, proposal, actor=actor, version=version)
            said = "Its limit is above the policy, so a second person of finance decides first."
            return Done(said, approval=approval)
        with transaction.atomic():
            note = f"Mapped promotion {case.facts['code']} → {cleaned['prima_code']}"
            lifecycle.act(case, note, actor=actor, version=version)
            return self._map(case, values, actor=actor)

    def carry_out(self, approval: Approval, *, actor: User) -> Done:
        told = approval.payload
        values = {
            **told,
            "max_percent": _amount(told["max_percent"]),
            "max_amount": _amount(told["max_amount"]),
        }
        return self._map(approval.case, values, actor=actor)

    def _map(self, case: ExceptionCase, values: dict[str, Any], *, actor: User) -> Done:
        code = case.facts["code"]
        mapped.map_promotion(code, values, actor=actor)
        orders = rework.waiting_orders(case)
        because = f"mapping promotion {code} → {values['prima_code']}"
        job = rework.try_again(orders, because=because, action=self.slug, actor=actor, case=case)
        return Done(f"Mapped. Trying {counted(len(orders), 'order')} again.", job)


def _rule(cleaned: Cleaned) -> PromotionRule:
    return PromotionRule(
        treatment=cleaned["treatment"],
        prima_code=cleaned["prima_code"],
        max_percent=cleaned["max_percent"],
        max_amount=cleaned["max_amount"],
        may_stack=cleaned["may_stack"],
    )


def _above_policy(cleaned: Cleaned) -> str:
    """The limit that is above the policy, in words; empty when none is."""
    policy = MappingBook.rules().policy
    percent, amount = cleaned["max_percent"], cleaned["max_amount"]
    if percent is not None and percent > policy.max_discount_percent:
        return f"up to {percent.normalize():f} % of the order"
    if amount is not None and amount > policy.max_discount_amount:
        return f"up to {amount.normalize():f}"
    return ""


def _word(cleaned: Cleaned) -> str:
    return str(Treatment(cleaned["treatment"]).label)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _amount(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
