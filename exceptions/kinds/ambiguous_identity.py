"""A contact that could be several accounts, found while contacts were linked."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions.kind import Kind, Severity
from integration.accounts.roles import Role


class AmbiguousIdentity(Kind):
    slug = "ambiguous_identity"
    title = "Contact that could be several accounts"
    plural = "Contacts that could be several accounts"
    owner = Role.MARKETING
    severity = Severity.MEDIUM
    due = timedelta(days=3)
    grouped_by = ("contact_key",)
    meaning = (
        "Two or more accounts in Prima fit this contact equally well: they share its e-mail "
        "address, its tax number or its telephone. Linking the wrong one would mix up prices, "
        "orders and consent, so nothing was linked."
    )
    what_to_do = (
        "Under Customers, open the links to review: contact and accounts stand side by side.",
        "Accept the account that is the same customer. The case closes by itself.",
        "Reject the others. That is remembered.",
        "If the accounts are one customer twice, have them merged in Prima first.",
    )
    actions = ("assign", "snooze", "dismiss", "reopen", "comment")

    def title_for(self, facts: Mapping[str, str]) -> str:
        return f"Contact {facts.get('contact_key', '')} could be several accounts"
