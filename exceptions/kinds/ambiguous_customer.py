"""A buyer who could be several accounts."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions import suggest
from exceptions.kind import Kind, Severity, Suggestion
from exceptions.models import ExceptionCase
from exceptions.words import first_given, who
from integration.accounts.roles import Role


class AmbiguousCustomer(Kind):
    slug = "ambiguous_customer"
    title = "Ambiguous customer"
    plural = "Ambiguous customers"
    owner = Role.OPERATIONS
    severity = Severity.HIGH
    due = timedelta(hours=8)
    grouped_by = ("contact_key", "email")
    meaning = (
        "Two or more accounts in Prima fit this buyer equally well, for example because they share "
        "an e-mail address. Booking on the wrong one would give the wrong prices and terms, so the "
        "orders wait until a person has chosen."
    )
    what_to_do = (
        "Compare the accounts: name, postcode, tax number and their last orders.",
        "Choose “Link to an account” for the right one. The choice holds for all further orders.",
        "If the accounts are the same customer twice, have them merged in Prima, then try again.",
        "If none of them is right, choose “Open an account in Prima”.",
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
        return f"{who(facts)} could be several accounts in Prima"

    def suggestions(self, case: ExceptionCase) -> list[Suggestion]:
        return [
            Suggestion(
                action="link_customer",
                label=f"Link to {hit.code} {hit.label}",
                reason=hit.reason,
                initial={"account": hit.code},
                score=hit.score,
            )
            for hit in suggest.accounts(suggest.buyer_of(case))[:5]
        ]
