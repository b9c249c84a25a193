"""A buyer without an account in Prima."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions import suggest
from exceptions.kind import Kind, Severity, Suggestion
from exceptions.models import ExceptionCase
from exceptions.words import first_given, who
from integration.accounts.roles import Role


class CustomerNotFound(Kind):
    slug = "customer_not_found"
    title = "Customer not found"
    plural = "Customers not found"
    owner = Role.OPERATIONS
    severity = Severity.HIGH
    due = timedelta(hours=8)
    grouped_by = ("contact_key", "email")
    meaning = (
        "No account in Prima carries the key of this contact, and none could be recognised without "
        "doubt. The desk never books an order on an account that is only similar."
    )
    what_to_do = (
        "Look at the suggested accounts and the reason each is suggested.",
        (
            "If one of them is this customer, choose “Link to an account”. From then on all orders of "
            "the contact go to it."
        ),
        (
            "If the customer is new, choose “Open an account in Prima”. The form is filled in from the "
            "order; check name, type and tax number before you save."
        ),
        "If the contact is a test or a duplicate, tell marketing and reject the orders.",
    )
    personal = ("name", "email")
    actions = (
        "link_customer",
        "create_account",
        "correct_order",
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
        return f"{who(facts)} has no account in Prima"

    def suggestions(self, case: ExceptionCase) -> list[Suggestion]:
        return [
            Suggestion(
                action="link_customer",
                label=f"Link to {hit.code} {hit.label}",
                reason=hit.reason,
                initial={"account": hit.code},
                score=hit.score,
            )
            for hit in suggest.accounts(suggest.buyer_of(case))[:3]
        ]
