"""Events of orders that Marketing Cloud does not take."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions.kind import Kind, Severity
from integration.accounts.roles import Role


class EventRefused(Kind):
    slug = "event_refused"
    title = "Order event refused"
    plural = "Order events refused"
    owner = Role.MARKETING
    severity = Severity.HIGH
    due = timedelta(hours=8)
    grouped_by = ("definition", "said")
    meaning = (
        "Customers should have been told what became of their orders, but Marketing Cloud did not "
        "let them into the journey. Nothing is wrong with the orders themselves."
    )
    what_to_do = (
        "Read what Marketing Cloud said, and open the journey and its entry event there.",
        "Put right what is missing: the event definition, a column of its data extension, the contact.",
        "When the key of the event definition changed, have an administrator change it in admin.",
        "Choose “Tell now”: everybody behind the case is told, each once.",
        "Choose “Do not tell” when the news is no longer of use.",
    )
    actions = ("tell_customers", "pass_events", "assign", "snooze", "dismiss", "reopen", "comment")

    def title_for(self, facts: Mapping[str, str]) -> str:
        event = facts.get("definition") or "an event"
        said = facts.get("said", "")
        title = f"Customers cannot be told by {event}"
        return f"{title}: {said}"[:150] if said else title
