"""Ask finance to let orders pass with a discount above the limit."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from exceptions import approvals, rework
from exceptions.action import Action, Cleaned, Done
from exceptions.models import Approval, ExceptionCase, Occurrence, Status
from exceptions.problems import NotPossible
from exceptions.words import counted
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.audit import trail
from integration.core.money import Money, is_currency
from integration.mapping.models import DiscountRelease


class ProposalForm(forms.Form):
    reason = forms.CharField(
        label="Why these orders should get it",
        max_length=250,
        help_text="The person who decides sees this, the promotion and the money.",
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
    )


class ApproveDiscount(Action):
    slug = "approve_discount"
    label = "Ask for approval"
    permission = May.MAP_PROMOTIONS
    help = (
        "Asks a second person of finance to let exactly these orders pass, as they stand now. If "
        "one of them changes before it is sent, it needs a new approval."
    )

    def form_class(
        self, case: ExceptionCase | None, given: Mapping[str, Any] | None = None
    ) -> type[forms.Form]:
        return ProposalForm

    def available(self, case: ExceptionCase, user: User) -> bool:
        return (
            user.may(self.permission)
            and case.status in (Status.OPEN, Status.SNOOZED)
            and case.facts.get("reason") == "over_limit"
            and case.open_count > 0
        )

    def perform(
        self, case: ExceptionCase, cleaned: Cleaned, *, actor: User, version: int | None
    ) -> Done:
        seen = list(case.occurrences.filter(closed_at__isnull=True).order_by("external_id"))
        if not seen or case.facts.get("reason") != "over_limit":
            raise NotPossible("There is no discount above the limit to approve here.")
        money = _money(seen)
        amount, currency = _single(money)
        proposal = approvals.Proposal(
            action=self.slug,
            payload={
                "releases": [_release(one) for one in seen],
                "money": {code: str(taken) for code, taken in money.items()},
            },
            summary=_summary(case, len(seen), money),
            reason=cleaned["reason"],
            amount=amount,
            currency=currency,
        )
        approval = approvals.propose(case, proposal, actor=actor, version=version)
        return Done("Finance is asked. The orders wait for the decision.", approval=approval)

    def carry_out(self, approval: Approval, *, actor: User) -> Done:
        releases = approval.payload["releases"]
        now = timezone.now()
        DiscountRelease.objects.bulk_create(
            [
                DiscountRelease(
                    order_key=one["order"],
                    promotion_code=one["code"],
                    content_hash=one["content_hash"],
                    approval=str(approval.pk),
                    released_by=str(actor),
                    released_at=now,
                )
                for one in releases
            ],
            ignore_conflicts=True,
        )
        trail.record("discounts released", actor=actor, target=approval, releases=releases)
        orders = [one["order"] for one in releases]
        because = f"approval {approval.pk} by {actor}"
        job = rework.try_again(
            orders, because=because, action=self.slug, actor=actor, case=approval.case
        )
        return Done(f"Approved. Trying {counted(len(orders), 'order')} again.", job, approval)


def _release(seen: Occurrence) -> dict[str, str]:
    return {
        "order": seen.external_id,
        "code": seen.facts.get("code", ""),
        "content_hash": seen.facts.get("content_hash", ""),
        "takes_off": f"{seen.facts.get('computed', '')} {seen.currency}".strip(),
    }


def _money(seen: list[Occurrence]) -> dict[str, Decimal]:
    """What the promotion takes off these orders, by currency."""
    money: dict[str, Decimal] = defaultdict(Decimal)
    for one in seen:
        money[one.currency] += Decimal(one.facts.get("computed") or "0")
    return dict(money)


def _single(money: Mapping[str, Decimal]) -> tuple[Decimal | None, str]:
    """Amounts of several currencies are never added up."""
    if len(money) != 1:
        return None, ""
    ((currency, amount),) = money.items()
    return amount, currency


def _summary(case: ExceptionCase, number: int, money: Mapping[str, Decimal]) -> str:
    told = [
        str(Money(amount, code)) if is_currency(code) else f"{amount} {code}"
        for code, amount in sorted(money.items())
    ]
    off = " and ".join(told)
    return f"Let {counted(number, 'order')} pass with {case.facts.get('code', '')}, {off} off"
