"""An e-mail address that cannot be right."""

from collections.abc import Mapping

from exceptions.kind import Kind, Severity
from exceptions.words import first_given, of_whom
from integration.accounts.roles import Role


class InvalidEmail(Kind):
    slug = "invalid_email"
    title = "Invalid e-mail"
    plural = "Invalid e-mails"
    owner = Role.MARKETING
    severity = Severity.LOW
    grouped_by = ("contact_key", "email")
    meaning = (
        "The e-mail address of the buyer cannot exist, or is too long for Prima. The customer would "
        "get neither the order confirmation nor the invoice."
    )
    what_to_do = (
        "Look for a typing error: a missing dot, a comma, two addresses in one field.",
        (
            "Put it right at the contact in Marketing Cloud, where all campaigns take it from; the "
            "order is read again by itself."
        ),
        "To let this order go at once, choose “Correct the order”.",
        "If you cannot find the right address, ask the customer by phone.",
    )
    actions = (
        "correct_order",
        "correct_contact",
        "reject_order",
        "retry",
        "assign",
        "snooze",
        "dismiss",
        "reopen",
        "comment",
    )

    def cause(self, facts: Mapping[str, str]) -> dict[str, str]:
        return first_given(facts, self.grouped_by)

    def title_for(self, facts: Mapping[str, str]) -> str:
        return f"The e-mail address of {of_whom(facts)} is not valid"
