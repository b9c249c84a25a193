"""An order that could not be delivered although it was tried many times."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions.kind import Kind, Severity
from integration.accounts.roles import Role

SYSTEMS: Mapping[str, str] = {"prima": "Prima", "sfmc": "Marketing Cloud"}


class DeliveryFailed(Kind):
    slug = "delivery_failed"
    title = "Delivery failed"
    plural = "Failed deliveries"
    owner = Role.OPERATIONS
    severity = Severity.HIGH
    due = timedelta(hours=4)
    grouped_by = ("system", "error")
    meaning = (
        "The other system did not answer, was too busy or broke off, and all attempts are used up. "
        "Nothing is wrong with the orders. Before anything is sent again, the desk asks Prima "
        "whether the order is there already, so that it cannot be booked twice."
    )
    what_to_do = (
        "Look at the health of the connection on the home page and ask whether the system is down.",
        "When it answers again, choose “Try again”: all orders of the case are sent.",
        "If it keeps failing, give the time and the error to the people who run the system.",
    )
    actions = ("retry", "reject_order", "assign", "snooze", "dismiss", "reopen", "comment")

    def title_for(self, facts: Mapping[str, str]) -> str:
        system = SYSTEMS.get(facts.get("system", ""), facts.get("system") or "the other system")
        said = facts.get("said") or facts.get("error", "")
        return f"Orders do not reach {system}: {said}" if said else f"Orders do not reach {system}"
