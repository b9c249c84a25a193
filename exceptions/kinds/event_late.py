"""Events of orders that could not be told in time."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions.kind import Kind
from integration.accounts.roles import Role


class EventLate(Kind):
    slug = "event_late"
    title = "Order event too late"
    plural = "Order events too late"
    owner = Role.MARKETING
    due = timedelta(days=1)
    grouped_by = ("milestone", "definition")
    meaning = (
        "Customers were not told of their orders in time, because Marketing Cloud could not be "
        "reached or the flow was switched off. News so old may confuse more than it helps, so the "
        "desk asks."
    )
    what_to_do = (
        "Look at the page of the syncs: it says since when events could not be told.",
        "Decide whether the news is still of use to the customers.",
        "Choose “Tell now” to tell them although it is late.",
        "Choose “Do not tell” to leave it.",
    )
    actions = ("tell_customers", "pass_events", "assign", "snooze", "dismiss", "reopen", "comment")

    def title_for(self, facts: Mapping[str, str]) -> str:
        milestone = facts.get("milestone", "")
        return f"Customers were not told in time: {milestone}" if milestone else self.title
