"""An order whose figures do not add up to what the customer paid."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions.kind import Kind, Severity
from integration.accounts.roles import Role


class TotalMismatch(Kind):
    slug = "total_mismatch"
    title = "Total mismatch"
    plural = "Total mismatches"
    owner = Role.FINANCE
    severity = Severity.HIGH
    due = timedelta(hours=24)
    grouped_by = ("order",)
    meaning = (
        "Lines, promotions, carriage and tax of the order do not add up to what the customer paid. "
        "Booked like this, the invoice would differ from the payment by that amount."
    )
    what_to_do = (
        "Compare the total of the order with what it adds up to; the difference is shown.",
        (
            "A difference of a line or a promotion usually means that it was left out or counted "
            "twice; a difference of the tax means a wrong tax code or country."
        ),
        "Check the payment at the payment provider to see what the customer really paid.",
        "Put the wrong figure right with “Correct the order” and say where you know it from.",
        "If the customer paid the wrong amount, agree with finance on a refund or reject the order.",
    )
    actions = (
        "correct_order",
        "reject_order",
        "retry",
        "assign",
        "snooze",
        "dismiss",
        "reopen",
        "comment",
    )

    def title_for(self, facts: Mapping[str, str]) -> str:
        order = facts.get("order", "")
        if difference := facts.get("difference", ""):
            out_by = f"{difference.lstrip('-')} {facts.get('currency', '')}".strip()
            return f"Order {order} does not add up: it is out by {out_by}"
        return f"Order {order} does not add up to what was paid"
