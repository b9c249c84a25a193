"""An order in a currency the desk may not book."""

from collections.abc import Mapping

from exceptions.kind import Kind
from integration.accounts.roles import Role

REASONS: Mapping[str, str] = {
    "unknown": "is not a currency",
    "policy": "is not allowed",
    "prima": "is not kept in Prima",
    "account": "is not the currency of the account",
}


class CurrencyNotAllowed(Kind):
    slug = "currency_not_allowed"
    title = "Currency not allowed"
    plural = "Currencies not allowed"
    owner = Role.FINANCE
    grouped_by = ("currency", "reason", "account")
    meaning = (
        "The order is in a currency that is not on the list of allowed ones, that Prima does not "
        "keep, or that is not the currency of the account. Amounts are never converted."
    )
    what_to_do = (
        "Check on the orders which currency the customer really paid in.",
        (
            "If the currency is right and may be sold in, ask an administrator to add it to the order "
            "policy, and make sure Prima keeps it; then try again."
        ),
        "If the code is only written in an unusual way, choose “Correct the order”.",
        "Otherwise reject the orders with a reason and ask marketing to stop selling in it.",
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

    def title_for(self, facts: Mapping[str, str]) -> str:
        said = REASONS.get(facts.get("reason", "")) or "is not allowed"
        return f"Currency {facts.get('currency') or '(empty)'} {said}"
