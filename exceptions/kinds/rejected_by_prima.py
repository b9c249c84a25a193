"""Prima refused an order for a reason the desk did not foresee."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions.kind import Kind, Severity, shape
from integration.accounts.roles import Role
from integration.core.personal import is_about_a_person


class RejectedByPrima(Kind):
    slug = "rejected_by_prima"
    title = "Rejected by Prima"
    plural = "Rejected by Prima"
    owner = Role.OPERATIONS
    severity = Severity.HIGH
    due = timedelta(hours=8)
    grouped_by = ("code", "pointer")
    meaning = (
        "The order passed all checks of the desk, and Prima refused it nevertheless. What Prima "
        "said is shown with the field it complained about."
    )
    what_to_do = (
        "Read Prima's answer and look at the marked field in what was sent.",
        (
            "If something is wrong at the account or the product in Prima, put it right there, then "
            "choose “Try again” for all orders of the case."
        ),
        "If the order itself is wrong, choose “Correct the order”.",
        "If the answer makes no sense to you, assign the case to an administrator with a comment.",
    )
    actions = (
        "retry",
        "correct_order",
        "map_product",
        "map_value",
        "reject_order",
        "assign",
        "snooze",
        "dismiss",
        "reopen",
        "comment",
    )

    def cause(self, facts: Mapping[str, str]) -> dict[str, str]:
        """The kind of refusal and the field, whichever line it was on."""
        cause = super().cause(facts)
        if "pointer" in cause:
            cause["pointer"] = shape(cause["pointer"])
        return cause

    def title_for(self, facts: Mapping[str, str]) -> str:
        """With Prima's own words, which may repeat what was sent, unless that is personal."""
        code, pointer = facts.get("code", "").replace(".", " "), facts.get("pointer", "")
        if is_about_a_person(pointer):
            place = " ".join(part for part in shape(pointer).split("/") if part not in ("", "*"))
            return f"Prima refuses orders: {code} ({place})".replace("_", " ")
        said = facts.get("said") or facts.get("detail") or code
        return f"Prima refuses orders: {said or 'no reason given'}"
