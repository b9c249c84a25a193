"""Orders and documents that differ."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions.kind import Kind, Severity
from integration.accounts.roles import Role


class DifferencePrimaToDocuments(Kind):
    slug = "difference_prima_to_documents"
    title = "Order and documents differ"
    plural = "Orders and documents that differ"
    owner = Role.OPERATIONS
    severity = Severity.MEDIUM
    due = timedelta(days=2)
    grouped_by = ("category", "cause")
    meaning = (
        "What Prima invoiced or credited is not what was ordered: too much, too little, at "
        "another price, for a cancelled order, or not at all."
    )
    what_to_do = (
        ("Open the difference: the lines of the order and of its invoices are side by side."),
        (
            "Invoiced too much or at another price: have the invoice credited and made again "
            "in Prima."
        ),
        "Cancelled but invoiced: credit the invoice in Prima.",
        (
            "Charges missing or overdue to be invoiced: invoice them in Prima. It heals when "
            "Prima says so."
        ),
    )
    actions = ("assign", "snooze", "dismiss", "reopen", "comment")

    def title_for(self, facts: Mapping[str, str]) -> str:
        category = facts.get("category_title", self.title)
        if facts.get("systematic"):
            return f"{category}: {facts.get('cause', '')}"
        return facts.get("title") or f"{category}: {facts.get('cause', '')}"
