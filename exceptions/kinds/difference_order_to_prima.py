"""Orders that differ in Prima."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions.kind import Kind, Severity
from integration.accounts.roles import Role


class DifferenceOrderToPrima(Kind):
    slug = "difference_order_to_prima"
    title = "Order differs in Prima"
    plural = "Orders that differ in Prima"
    owner = Role.OPERATIONS
    severity = Severity.MEDIUM
    due = timedelta(days=2)
    grouped_by = ("category", "cause")
    meaning = (
        "What was sent to Prima and what Prima holds are not the same order: it is missing, "
        "there twice, on another account, or its lines or money differ."
    )
    what_to_do = (
        "Open the difference: both sides are side by side and what differs is marked.",
        ("An order changed in Prima by a person: ask that person why, and put it right there."),
        (
            "An order that is missing or there twice: look at the calls of the order and at "
            "Prima, then cancel or enter it in Prima."
        ),
        ("When Prima is right and the change was wanted, finance explains it with an adjustment."),
    )
    actions = ("assign", "snooze", "dismiss", "reopen", "comment")

    def title_for(self, facts: Mapping[str, str]) -> str:
        category = facts.get("category_title", self.title)
        if facts.get("systematic"):
            return f"{category}: {facts.get('cause', '')}"
        return facts.get("title") or f"{category}: {facts.get('cause', '')}"
