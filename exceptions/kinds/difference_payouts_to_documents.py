"""Payout lines not settled."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions.kind import Kind, Severity
from integration.accounts.roles import Role


class DifferencePayoutsToDocuments(Kind):
    slug = "difference_payouts_to_documents"
    title = "Payout line not settled"
    plural = "Payout lines not settled"
    owner = Role.FINANCE
    severity = Severity.MEDIUM
    due = timedelta(days=2)
    grouped_by = ("category", "cause")
    meaning = (
        "A line of a gateway belongs to no document, or an invoice that was paid was not paid out."
    )
    what_to_do = (
        "Open the difference: the candidates are ranked, each with its reasons.",
        "Match by hand when you see what belongs together.",
        "A fee without account: an admin sets the ledger account of that gateway.",
        (
            "What cannot be matched is written off, booked as a fee or marked as timing, by "
            "two people."
        ),
    )
    actions = ("assign", "snooze", "dismiss", "reopen", "comment")

    def title_for(self, facts: Mapping[str, str]) -> str:
        category = facts.get("category_title", self.title)
        if facts.get("systematic"):
            return f"{category}: {facts.get('cause', '')}"
        return facts.get("title") or f"{category}: {facts.get('cause', '')}"
