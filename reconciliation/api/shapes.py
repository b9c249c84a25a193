"""The bodies of the API. Amounts are decimals as text, with their currency beside them."""

from typing import Any

from rest_framework import serializers

from integration.accounts.models import User
from integration.accounts.roles import May
from integration.core.money import from_minor
from integration.core.personal import masked
from integration.exports import without_emails
from reconciliation import adjustments
from reconciliation.limits import Limits
from reconciliation.models import Adjustment, Difference
from reconciliation.tables.differences import category_title

PROPOSED = ("write_off", "fee", "fx", "timing")
MOST = 500


def difference(row: Difference, user: User) -> dict[str, Any]:
    """As `DifferenceShape` says; e-mail addresses masked for those who may not see them."""
    personal = user.may(May.SEE_PERSONAL_DATA)
    return {
        "id": row.pk,
        "version": row.version,
        "control": row.control,
        "key": row.key,
        "category": row.category,
        "category_title": category_title(row),
        "state": row.state,
        "title": row.title if personal else without_emails(row.title),
        "amount": _amount(row.amount, row.currency),
        "currency": row.currency,
        "company": row.company,
        "day": row.day,
        "gateway": row.gateway,
        "campaign": row.campaign,
        "left": _side(row.left, personal=personal),
        "right": _side(row.right, personal=personal),
        "fields": row.fields,
        "near_rule": row.near_rule,
        "near_reason": row.near_reason if personal else without_emails(row.near_reason),
        "first_seen_at": row.first_seen_at,
        "timing_until": row.timing_until,
        "closed_at": row.closed_at,
        "closed_by": row.closed_by,
    }


def adjustment(row: Adjustment, user: User, limits: Limits) -> dict[str, Any]:
    """As `AdjustmentShape` says, with what this person may do about it."""
    is_open = row.state == Adjustment.State.PROPOSED
    return {
        "id": row.pk,
        "difference": row.difference_id,
        "kind": row.kind,
        "amount": _amount(row.amount, row.currency),
        "currency": row.currency,
        "company": row.company,
        "day": row.day,
        "ledger": row.account_code,
        "until": row.payload.get("until"),
        "reason": row.reason,
        "state": row.state,
        "proposer": row.proposer_name,
        "proposed_at": row.proposed_at,
        "decider": row.decider_name,
        "decided_at": row.decided_at,
        "note": row.decision_note,
        "you_cannot_approve": adjustments.why_not_approve(row, user, limits) if is_open else "",
    }


def _amount(minor: int, currency: str) -> str:
    return str(from_minor(minor, currency)) if currency else str(minor)


def _side(side: dict[str, Any], *, personal: bool) -> dict[str, str]:
    told = {name: str(value) for name, value in side.items()}
    if personal:
        return told
    return {
        name: masked(value) if name == "email" else without_emails(value)
        for name, value in told.items()
    }


class DifferenceShape(serializers.Serializer):  # type: ignore[type-arg]
    """One thing that does not agree between two sides."""

    id = serializers.IntegerField()
    version = serializers.IntegerField(help_text="Send it back with a proposal.")
    control = serializers.CharField()
    key = serializers.CharField(help_text="What both sides are compared by.")
    category = serializers.CharField()
    category_title = serializers.CharField()
    state = serializers.ChoiceField(Difference.State.choices)
    title = serializers.CharField()
    amount = serializers.DecimalField(20, 4, help_text="Left minus right.")
    currency = serializers.CharField()
    company = serializers.CharField()
    day = serializers.DateField(help_text="Decides the period.")
    gateway = serializers.CharField()
    campaign = serializers.CharField()
    left = serializers.DictField(child=serializers.CharField())
    right = serializers.DictField(child=serializers.CharField())
    fields = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]
    near_rule = serializers.CharField(help_text="The rule that nearly matched it.")
    near_reason = serializers.CharField(help_text="Why it did not.")
    first_seen_at = serializers.DateTimeField()
    timing_until = serializers.DateField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    closed_by = serializers.CharField()


class AdjustmentShape(serializers.Serializer):  # type: ignore[type-arg]
    """A proposal, and what was decided."""

    id = serializers.IntegerField()
    difference = serializers.IntegerField(allow_null=True)
    kind = serializers.ChoiceField(Adjustment.Kind.choices)
    amount = serializers.DecimalField(20, 4)
    currency = serializers.CharField()
    company = serializers.CharField()
    day = serializers.DateField()
    ledger = serializers.CharField()
    until = serializers.DateField(allow_null=True)
    reason = serializers.CharField()
    state = serializers.ChoiceField(Adjustment.State.choices)
    proposer = serializers.CharField()
    proposed_at = serializers.DateTimeField()
    decider = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField()
    you_cannot_approve = serializers.CharField(
        help_text="Why you may not approve it, and who may; empty when you may."
    )


class DifferencePage(serializers.Serializer):  # type: ignore[type-arg]
    differences = DifferenceShape(many=True)
    after = serializers.IntegerField(
        allow_null=True, help_text="Ask with it for the next page; null at the end."
    )


class AdjustmentPage(serializers.Serializer):  # type: ignore[type-arg]
    adjustments = AdjustmentShape(many=True)
    after = serializers.IntegerField(allow_null=True)


class ProposalShape(serializers.Serializer):  # type: ignore[type-arg]
    """What is proposed about a difference."""

    kind = serializers.ChoiceField(PROPOSED)
    reason = serializers.CharField(max_length=250)
    version = serializers.IntegerField(help_text="The version you read; an older one is refused.")
    ledger = serializers.CharField(
        max_length=40, required=False, default="", help_text="Needed unless it is timing."
    )
    until = serializers.DateField(
        required=False, default=None, allow_null=True, help_text="Needed for timing."
    )


class MatchShape(serializers.Serializer):  # type: ignore[type-arg]
    """What belongs together: ids of lines and of documents."""

    lines = serializers.ListField(child=serializers.IntegerField(), max_length=MOST)
    documents = serializers.ListField(child=serializers.IntegerField(), max_length=MOST)
    reason = serializers.CharField(max_length=250)


class MatchedShape(serializers.Serializer):  # type: ignore[type-arg]
    """Either the match that was made, or the proposal that waits because the sides differ."""

    match = serializers.IntegerField(allow_null=True)
    adjustment = AdjustmentShape(allow_null=True)


class NoteShape(serializers.Serializer):  # type: ignore[type-arg]
    note = serializers.CharField(
        max_length=250, required=False, default="", allow_blank=True, help_text="Needed to refuse."
    )


class DecisionsShape(NoteShape):
    """Many at once, each decided on its own."""

    ids = serializers.ListField(child=serializers.IntegerField(), max_length=MOST)
    decision = serializers.ChoiceField(["approve", "refuse"])


class LeftShape(serializers.Serializer):  # type: ignore[type-arg]
    id = serializers.IntegerField()
    why = serializers.CharField()


class DecidedShape(serializers.Serializer):  # type: ignore[type-arg]
    decided = serializers.ListField(child=serializers.IntegerField())
    left = LeftShape(many=True, help_text="Those that were not decided, and why.")


class ReconciliationRefusal(serializers.Serializer):  # type: ignore[type-arg]
    """Nothing has changed."""

    detail = serializers.CharField()
