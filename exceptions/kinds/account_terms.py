"""An account that may not buy, or not on these terms."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions.kind import Kind, Severity
from exceptions.words import who
from integration.accounts.roles import Role

REASONS: Mapping[str, str] = {
    "inactive": "is closed in Prima",
    "hold_all": "is on hold",
    "hold_invoice": "is on hold for invoicing",
    "credit_stopped": "is stopped for credit",
    "no_credit": "has no credit, and nothing was paid",
    "on_hold": "is on hold",
    "credit_exceeded": "would be above its credit limit",
    "over_credit": "would be above its credit limit",
    "terms_differ": "has other terms than the order",
}


class AccountTerms(Kind):
    slug = "account_terms"
    title = "Account or terms"
    plural = "Accounts and terms"
    owner = Role.FINANCE
    severity = Severity.MEDIUM
    due = timedelta(hours=24)
    grouped_by = ("account", "reason")
    meaning = (
        "The account in Prima is on hold, stopped, closed or has other payment terms than the "
        "campaign promised. The order would be booked on conditions that nobody agreed to."
    )
    what_to_do = (
        "Read what Prima says about the account: hold, credit and terms.",
        (
            "If the hold is over, have it lifted in Prima. The orders go through by themselves once the "
            "desk has read the account again, or at once with “Try again”."
        ),
        "If the campaign's word for the terms is only another name, choose “Map the value”.",
        "If the order came with wrong terms, choose “Correct the order”.",
        "If the customer may not buy, reject the orders with a reason and tell the customer.",
    )
    personal = ("name", "email")
    actions = (
        "map_value",
        "correct_order",
        "link_customer",
        "reject_order",
        "retry",
        "assign",
        "snooze",
        "dismiss",
        "reopen",
        "comment",
    )

    def title_for(self, facts: Mapping[str, str]) -> str:
        reason = facts.get("reason", "")
        said = REASONS.get(reason) or "cannot take this order on these terms"
        return f"{who(facts)} {said}"
