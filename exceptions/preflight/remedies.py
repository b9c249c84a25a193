"""What can be done about a finding, one click away: its open case, or the mapping it lacks."""

from dataclasses import dataclass

from django.urls import reverse

from exceptions.models import ACTIVE, ExceptionCase
from exceptions.preflight.models import PreflightFinding
from integration.accounts.models import User
from integration.accounts.roles import May

MAPPED_BY = {"unknown_sku": May.MAP_PRODUCTS, "bad_discount": May.MAP_PROMOTIONS}
_NAMED_BY = {"unknown_sku": "sku", "item_not_sellable": "item", "bad_discount": "code"}
_ADMIN = {
    "unknown_sku": ("admin:mapping_productmapping_add", "source_sku", "sku"),
    "bad_discount": ("admin:mapping_promotionmapping_add", "source_code", "code"),
}
_OF_CONTACTS = "contact_key"


@dataclass(frozen=True, slots=True)
class Remedy:
    label: str
    url: str


def remedies(found: list[PreflightFinding], user: User) -> dict[int, Remedy]:
    """By finding, for those this person can do something about. One query for all of them."""
    cases = _open_cases(found)
    known = {one.pk: _remedy(one, user, cases.get(_cause(one))) for one in found}
    return {pk: remedy for pk, remedy in known.items() if remedy is not None}


def _remedy(finding: PreflightFinding, user: User, case: int | None) -> Remedy | None:
    if case is not None:
        return Remedy("Open the case", reverse("case", args=[case]))
    if (needed := MAPPED_BY.get(finding.code)) and user.may(needed):
        return Remedy("Map it", reverse("preflight-map", args=[finding.pk]))
    if finding.code in _ADMIN and user.may(May.MANAGE_MAPPINGS):
        view, field, fact = _ADMIN[finding.code]
        value = finding.facts.get(fact, finding.subject)
        return Remedy("Add the mapping", reverse(view, query={field: value}))
    if finding.facts.get(_OF_CONTACTS) and (
        "@" not in finding.subject or user.may(May.SEE_PERSONAL_DATA)
    ):
        return Remedy("Look them up", reverse("search", query={"q": finding.subject}))
    return None


def _open_cases(found: list[PreflightFinding]) -> dict[tuple[str, str], int]:
    wanted = {cause for one in found if (cause := _cause(one))[1]}
    rows = ExceptionCase.objects.filter(
        kind__in={kind for kind, _ in wanted}, status__in=ACTIVE
    ).values_list("pk", "kind", "facts")
    return {
        cause: pk
        for pk, kind, facts in rows
        if (cause := (kind, str(facts.get(_NAMED_BY.get(kind, ""), "")).upper())) in wanted
    }


def _cause(finding: PreflightFinding) -> tuple[str, str]:
    return finding.code, str(finding.facts.get(_NAMED_BY.get(finding.code, ""), "")).upper()
