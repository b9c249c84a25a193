"""Payouts that differ at the bank."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions.kind import Kind, Severity
from integration.accounts.roles import Role


class DifferencePayoutToBank(Kind):
    slug = "difference_payout_to_bank"
    title = "Payout and bank differ"
    plural = "Payouts that differ at the bank"
    owner = Role.FINANCE
    severity = Severity.MEDIUM
    due = timedelta(days=2)
    grouped_by = ("category", "cause")
    meaning = (
        "A payout has not reached the bank, came late, or with another amount; or its lines do "
        "not come to what the gateway states."
    )
    what_to_do = (
        "Import the bank statement of these days, when it is not there yet.",
        (
            "Another amount: read the text of the bank; it may hold charges of the bank or "
            "sum up several payouts."
        ),
        "Not at the bank for long: ask the gateway with the number of the payout.",
    )
    actions = ("assign", "snooze", "dismiss", "reopen", "comment")

    def title_for(self, facts: Mapping[str, str]) -> str:
        category = facts.get("category_title", self.title)
        if facts.get("systematic"):
            return f"{category}: {facts.get('cause', '')}"
        return facts.get("title") or f"{category}: {facts.get('cause', '')}"
