"""A promotion that no discount field of Prima can hold, or that gives away too much."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions import suggest
from exceptions.kind import Kind, Severity, Suggestion
from exceptions.models import ExceptionCase
from integration.accounts.roles import Role

REASONS: Mapping[str, str] = {
    "unrecognised": "has a structure the desk does not know",
    "unmapped": "has no place in Prima yet",
    "incomplete": "lacks something that is needed to work it out",
    "unknown_in_prima": "is not among the codes of Prima in force",
    "stacking": "may not be combined with other promotions",
    "over_limit": "gives more than is allowed without approval",
    "amount_differs": "takes off another amount than it promises",
    "over_line": "takes off more than the goods cost",
}


class BadDiscount(Kind):
    slug = "bad_discount"
    title = "Bad discount"
    plural = "Bad discounts"
    owner = Role.FINANCE
    severity = Severity.HIGH
    due = timedelta(hours=8)
    grouped_by = ("code", "type", "reason")
    meaning = (
        "A campaign gave a promotion that cannot be booked as it stands: nobody has said yet where "
        "it belongs in Prima, its structure is not one the desk can read, it gives more than the "
        "limit, or it was combined with another promotion although that is not allowed. Nothing is "
        "guessed; the orders wait until a person has decided."
    )
    what_to_do = (
        "Read what is wrong with the promotion on the orders below, and how much money it moves.",
        (
            "If the promotion has no place in Prima yet, choose “Map the promotion” and say whether it "
            "is a discount, a reduction of a charge, or a payment such as a voucher."
        ),
        (
            "If it gives more than the limit and is meant that way, choose “Ask for approval”. A "
            "second person of finance decides; nobody can approve their own request."
        ),
        "If single orders carry a wrong figure, choose “Correct the order”.",
        "If the promotion was a mistake, reject the orders with a reason and tell marketing.",
    )
    actions = (
        "map_promotion",
        "approve_discount",
        "correct_order",
        "reject_order",
        "retry",
        "assign",
        "snooze",
        "dismiss",
        "reopen",
        "comment",
    )

    def cause(self, facts: Mapping[str, str]) -> dict[str, str]:
        """Above the limit the structure does not matter: one case a promotion."""
        cause = super().cause(facts)
        if facts.get("reason") == "over_limit":
            cause.pop("type", None)
        return cause

    def title_for(self, facts: Mapping[str, str]) -> str:
        reason = facts.get("reason", "")
        said = REASONS.get(reason) or reason.replace("_", " ") or "cannot be booked as it stands"
        return f"Promotion {facts.get('code') or '(without a code)'} {said}"

    def suggestions(self, case: ExceptionCase) -> list[Suggestion]:
        """Codes of Prima that look like the campaign's, while it has no place there."""
        code, named = case.facts.get("code", ""), case.facts.get("name", "")
        if not code or case.facts.get("reason") not in ("unmapped", "unknown_in_prima"):
            return []
        hits = {hit.code: hit for hit in suggest.codes("promotion", named or code, limit=3)}
        hits |= {hit.code: hit for hit in suggest.codes("promotion", code, limit=3) if hit.reason}
        likely = sorted((hit for hit in hits.values() if hit.reason), key=lambda hit: -hit.score)
        return [
            Suggestion(
                action="map_promotion",
                label=f"Map to {hit.code} {hit.label}",
                reason=hit.reason,
                initial={"prima_code": hit.code},
                score=hit.score,
            )
            for hit in likely[:3]
        ]
