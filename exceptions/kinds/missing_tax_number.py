"""A company in a country where companies need a tax number has none."""

from collections.abc import Mapping

from exceptions.kind import Kind
from exceptions.words import first_given, who
from integration.accounts.roles import Role


class MissingTaxNumber(Kind):
    slug = "missing_tax_number"
    title = "Missing tax number"
    plural = "Missing tax numbers"
    owner = Role.OPERATIONS
    grouped_by = ("account", "contact_key")
    meaning = (
        "The customer is a company in a country where a tax number is needed to invoice "
        "correctly, and neither the account in Prima nor the order has one. Without it the wrong "
        "tax would be charged."
    )
    what_to_do = (
        "Ask the customer for the tax number, or look it up in the public register.",
        (
            "Choose “Set the tax number in Prima”. The number is checked before it is written, and all "
            "orders of the customer are tried again."
        ),
        (
            "You may also enter it in Prima yourself: the orders go through by themselves once the "
            "desk has read the account again."
        ),
        "If the buyer is a private person after all, correct the order or the account type.",
    )
    personal = ("name", "email")
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
        """The account where there is one; else the contact of Marketing Cloud."""
        return first_given(facts, self.grouped_by)

    def title_for(self, facts: Mapping[str, str]) -> str:
        return f"{who(facts)} has no tax number"
