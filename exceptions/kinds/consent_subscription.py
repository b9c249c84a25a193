"""Notifications of opt-outs, of Marketing Cloud or of Prima, do not arrive."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions.kind import Kind, Severity
from integration.accounts.roles import Role


class ConsentSubscription(Kind):
    slug = "consent_subscription"
    title = "Notifications of opt-outs"
    plural = "Notifications of opt-outs"
    owner = Role.ADMIN
    severity = Severity.HIGH
    due = timedelta(hours=4)
    grouped_by = ("cause",)
    meaning = (
        "Marketing Cloud or Prima does not notify the desk of opt-outs, or what it sends cannot be "
        "trusted. They are still found every minute by asking, so they arrive later, not never."
    )
    what_to_do = (
        "See in Admin what Notification callbacks, or Subscriptions at Prima, say of their state.",
        "Check that the desk's public address can be reached from outside, and from Prima.",
        "Ask whoever runs the desk to register the notifications again; the manual says how.",
    )
    actions = ("assign", "snooze", "dismiss", "reopen", "comment")

    def title_for(self, facts: Mapping[str, str]) -> str:
        return f"Notifications of opt-outs: {facts.get('cause', 'they do not arrive')}"
