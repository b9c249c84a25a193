"""Control totals that are out."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions.kind import Kind, Severity
from integration.accounts.roles import Role


class DifferenceControlTotals(Kind):
    slug = "difference_control_totals"
    title = "Control total out"
    plural = "Control totals that are out"
    owner = Role.OPERATIONS
    severity = Severity.HIGH
    due = timedelta(days=2)
    grouped_by = ("category", "cause")
    meaning = (
        "For a day, currency and campaign the numbers or sums on both sides differ: something "
        "got lost or is there twice."
    )
    what_to_do = (
        "Open the difference: number and sum of both sides are shown.",
        "Look at the orders of that day and campaign, and at their differences.",
        "Resync the orders and documents from Prima when many days are out at once.",
    )
    actions = ("assign", "snooze", "dismiss", "reopen", "comment")

    def title_for(self, facts: Mapping[str, str]) -> str:
        category = facts.get("category_title", self.title)
        if facts.get("systematic"):
            return f"{category}: {facts.get('cause', '')}"
        return facts.get("title") or f"{category}: {facts.get('cause', '')}"
