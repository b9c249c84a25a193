"""A tax number that cannot be right."""

from collections.abc import Mapping

from exceptions.kind import Kind
from exceptions.words import first_given, of_whom
from integration.accounts.roles import Role


class InvalidTaxNumber(Kind):
    slug = "invalid_tax_number"
    title = "Invalid tax number"
    plural = "Invalid tax numbers"
    owner = Role.OPERATIONS
    grouped_by = ("account", "contact_key", "tax_number")
    meaning = (
        "The tax number of the customer has the wrong length, the wrong country or a check digit "
        "that does not fit. Usually two digits were swapped when it was typed."
    )
    what_to_do = (
        "Compare the number with the customer's letterhead or with the public register.",
        (
            "If the account in Prima has the wrong number, choose “Set the tax number in Prima”. All "
            "orders of the customer are tried again."
        ),
        "If only the order has it wrong, choose “Correct the order”.",
        (
            "If the customer cannot give a valid number, ask finance how to invoice, or reject the "
            "order with a reason."
        ),
    )
    personal = ("name", "email", "tax_number")
    actions = (
        "set_tax_number",
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
        """The customer and the number: another wrong number is another case."""
        cause = first_given(facts, ("account", "contact_key"))
        if facts.get("tax_number"):
            cause["tax_number"] = facts["tax_number"]
        return cause

    def title_for(self, facts: Mapping[str, str]) -> str:
        return f"The tax number of {of_whom(facts)} is not valid"
