"""A field in which both systems go on saying different things."""

from collections.abc import Mapping

from exceptions.kind import Kind, Severity
from exceptions.words import of_whom
from integration.accounts.roles import Role
from integration.ownership.fields import label_of


class ContactDrift(Kind):
    slug = "contact_drift"
    title = "Customer data that drifts apart"
    plural = "Customer data that drifts apart"
    owner = Role.MARKETING
    severity = Severity.LOW
    grouped_by = ("contact_key", "field")
    meaning = (
        "Prima and Marketing Cloud say different things about a customer, and what the desk wrote to "
        "put it right did not hold: something else changes it back, or one side has lost the customer."
    )
    what_to_do = (
        "Look at both values and at which system keeps the field.",
        "Find out what writes the other value: an import, an automation, a person.",
        "Stop it there, or change who keeps the field in Admin → Field policies.",
        "The case closes by itself when both say the same at the next comparison.",
    )
    personal = ("name", "email")
    actions = (
        "correct_contact",
        "retry",
        "assign",
        "snooze",
        "dismiss",
        "reopen",
        "comment",
    )

    def title_for(self, facts: Mapping[str, str]) -> str:
        field = facts.get("field", "")
        if field in ("contact", "account"):
            side = "Marketing Cloud" if field == "contact" else "Prima"
            return f"{of_whom(facts)[:1].upper()}{of_whom(facts)[1:]} is missing in {side}"
        return f"{label_of(field)} of {of_whom(facts)} does not stay the same"
