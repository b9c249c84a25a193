"""An order that cannot be read."""

from collections.abc import Mapping

from exceptions.kind import Kind, Severity
from integration.accounts.roles import Role


class UnreadableOrder(Kind):
    slug = "unreadable_order"
    title = "Unreadable order"
    plural = "Unreadable orders"
    owner = Role.OPERATIONS
    severity = Severity.MEDIUM
    grouped_by = ("order",)
    meaning = (
        "The order arrived with something missing or not readable: no lines, a quantity that is "
        "not a number, a date in the far future, two lines with one number. It is kept as it came."
    )
    what_to_do = (
        "See which fields are marked and what is said about each.",
        (
            "Best is to put it right where it came from: correct the row in Marketing Cloud. The order "
            "is read again by itself."
        ),
        "If that is not possible, choose “Correct the order” and enter what the customer ordered.",
        "If it is a test or not an order at all, reject it with a reason.",
        "If many orders arrive like this, tell the people who build the campaign.",
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
        return f"Order {facts.get('order', '')} cannot be read"
