"""An order that changed in the campaign after Prima had booked it."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions.kind import Kind, Severity
from integration.accounts.roles import Role


class OrderChangedAfterSending(Kind):
    slug = "order_changed_after_sending"
    title = "Order changed after sending"
    plural = "Orders changed after sending"
    owner = Role.OPERATIONS
    severity = Severity.HIGH
    due = timedelta(hours=4)
    grouped_by = ("order",)
    meaning = (
        "The order has been booked in Prima, and then it came again from the campaign with other "
        "contents. The order in Prima was left as it is: it may be picked or on its way already."
    )
    what_to_do = (
        "Compare what was sent with what the campaign says now; the differences are marked.",
        "Ask whether the goods have left. If not, change or cancel the order in Prima.",
        "If the change came too late, tell the customer and arrange a return or a second delivery.",
        (
            "When both sides agree again, or the change does not matter, dismiss the case and say what "
            "was done."
        ),
    )
    actions = ("dismiss", "assign", "snooze", "reopen", "comment")

    def title_for(self, facts: Mapping[str, str]) -> str:
        number = facts.get("order_number", "")
        booked = f" as {number}" if number else ""
        return f"Order {facts.get('order', '')} changed after it was booked{booked}"
