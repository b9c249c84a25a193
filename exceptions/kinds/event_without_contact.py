"""Campaign orders whose customer nobody can tell anything."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions.kind import Kind
from integration.accounts.roles import Role


class EventWithoutContact(Kind):
    slug = "event_without_contact"
    title = "Nobody to tell"
    plural = "Orders with nobody to tell"
    owner = Role.MARKETING
    due = timedelta(days=1)
    grouped_by = ("account",)
    meaning = (
        "A campaign order moved on in Prima, but it carries no contact key and its account has no "
        "contact in Marketing Cloud. Its customer hears nothing of it."
    )
    what_to_do = (
        "Find the customer in Marketing Cloud by name or e-mail address.",
        "Link the contact to the account on the customer's page, or give the order its contact key.",
        "The events go by themselves once a contact is known; “Tell now” does it at once.",
        "Choose “Do not tell” when the customer has been told otherwise.",
    )
    actions = ("tell_customers", "pass_events", "assign", "snooze", "dismiss", "reopen", "comment")

    def title_for(self, facts: Mapping[str, str]) -> str:
        account = facts.get("account", "")
        return (
            f"Account {account} has no contact to tell"
            if account
            else "An order has nobody to tell"
        )
