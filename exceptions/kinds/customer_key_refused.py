"""Prima would not store the key of a customer at the account."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions.kind import Kind, Severity
from integration.accounts.roles import Role


class CustomerKeyRefused(Kind):
    slug = "customer_key_refused"
    title = "Customer key refused by Prima"
    plural = "Customer keys refused by Prima"
    owner = Role.OPERATIONS
    severity = Severity.MEDIUM
    due = timedelta(days=2)
    grouped_by = ("account",)
    meaning = (
        "The key by which Marketing Cloud knows the customer could not be stored at the account in "
        "Prima, most often because another account holds the same key. Orders still find the "
        "right account by the desk's own link; other programs that ask Prima by the key do not."
    )
    what_to_do = (
        "Read Prima's answer. It names the account that holds the key already.",
        "If both accounts are the same customer, have them merged in Prima.",
        "If the link is wrong, take it back on the customer's page and link the right account.",
        "The desk tries again by itself every six hours, and at once when the link changes.",
    )
    actions = ("assign", "snooze", "dismiss", "reopen", "comment")

    def title_for(self, facts: Mapping[str, str]) -> str:
        return f"Prima does not take the key of account {facts.get('account', '')}"
