"""The bodies of the API."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from connectors.sync.orders.discount import structures
from exceptions.preflight import telling
from exceptions.preflight.check import check_of
from exceptions.preflight.comparison import Change
from exceptions.preflight.forms import MOST_SKUS
from exceptions.preflight.models import PreflightFinding, PreflightRun
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.core.money import is_currency

MOST = 500


class SkuShape(serializers.Serializer[Any]):
    sku = serializers.CharField(max_length=120)
    units = serializers.IntegerField(
        min_value=0, max_value=999_999_999, allow_null=True, default=None,
        help_text="How many you expect to sell; without it the uptake decides.",
    )  # fmt: skip


class PromotionShape(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=80)
    type = serializers.ChoiceField(choices=())
    value = serializers.DecimalField(
        max_digits=12, decimal_places=4, min_value=0, allow_null=True, default=None
    )
    scope = serializers.ChoiceField(choices=["order", "line", "shipping"], default="order")

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        fields["type"] = serializers.ChoiceField(choices=list(structures()))
        return fields


class PlanShape(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)
    campaign = serializers.CharField(max_length=64, default="", allow_blank=True)
    send_on = serializers.DateField()
    currency = serializers.CharField(max_length=3, default="GBP")
    audience = serializers.CharField(
        max_length=60, default="", allow_blank=True,
        help_text="External key of the audience's data extension.",
    )  # fmt: skip
    uptake = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=0, max_value=100, default=Decimal(2)
    )
    skus = serializers.ListField(child=SkuShape(), min_length=1, max_length=MOST_SKUS)
    promotions = serializers.ListField(child=PromotionShape(), default=list, max_length=30)

    def validate_currency(self, value: str) -> str:
        if not is_currency(value.upper()):
            raise serializers.ValidationError("That is no currency; write its code, as in GBP.")
        return value.upper()


class BegunShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    run = serializers.IntegerField()
    url = serializers.CharField(help_text="Where the outcome will be.")


class CheckShape(serializers.Serializer[Any]):
    check = serializers.CharField()
    title = serializers.CharField()
    verdict = serializers.ChoiceField(choices=["go", "care", "no_go"])
    sentence = serializers.CharField()
    found = serializers.IntegerField()
    new = serializers.IntegerField(allow_null=True)
    gone = serializers.IntegerField(allow_null=True)


class FoundShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    check = serializers.CharField()
    verdict = serializers.CharField()
    subject = serializers.CharField()
    name = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class RunShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    run = serializers.IntegerField()
    state = serializers.ChoiceField(choices=["waiting", "running", "done", "failed"])
    verdict = serializers.CharField(help_text="go, care or no_go; empty until it is done.")
    message = serializers.CharField(help_text="Why it failed.")
    contacts = serializers.IntegerField()
    compared_with = serializers.IntegerField(allow_null=True)
    checks = CheckShape(many=True)
    findings = FoundShape(many=True)
    after = serializers.IntegerField(allow_null=True, help_text="Names the next page.")


class RefusalShape(serializers.Serializer[Any]):
    detail = serializers.CharField()


def checks(run: PreflightRun, changes: dict[str, Change] | None) -> list[dict[str, Any]]:
    """What each check came to; `changes` None when there is nothing to compare with."""
    told = []
    for result in run.results.all():
        check, change = check_of(result.check_slug), (changes or {}).get(result.check_slug)
        told.append(
            {
                "check": result.check_slug,
                "title": check.title if check else result.check_slug,
                "verdict": result.verdict,
                "sentence": result.sentence,
                "found": result.findings_count,
                "new": None if changes is None else (change.new if change else 0),
                "gone": None if changes is None else (change.gone if change else 0),
            }
        )
    return told


def finding(row: PreflightFinding, user: User) -> dict[str, Any]:
    """As `FoundShape` says; what is personal masked for those who may not see it."""
    personal = user.may(May.SEE_PERSONAL_DATA)
    return {
        "id": row.pk,
        "check": row.check_slug,
        "verdict": row.severity,
        "subject": telling.subject(row, personal=personal),
        "name": telling.name(row, personal=personal),
        "code": row.code,
        "message": telling.message(row, personal=personal),
    }
