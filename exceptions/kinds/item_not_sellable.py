"""A campaign sold a product that Prima knows but does not sell."""

from collections.abc import Mapping

from exceptions.kind import Kind, Severity
from integration.accounts.roles import Role


class ItemNotSellable(Kind):
    slug = "item_not_sellable"
    title = "Product not for sale"
    plural = "Products not for sale"
    owner = Role.OPERATIONS
    severity = Severity.MEDIUM
    grouped_by = ("item", "reason")
    meaning = (
        "The product exists in Prima, but it is blocked, discontinued or of a kind that cannot be "
        "ordered. Prima would refuse the order."
    )
    what_to_do = (
        "Find out why the product is not for sale: the reason is shown where Prima gives one.",
        (
            "If that is wrong, have the product released in Prima. The orders go through by "
            "themselves with the next reading of products, or at once with “Try again”."
        ),
        "If another product replaces it, choose “Map to a product”; the customer has to agree.",
        (
            "If it cannot be delivered, reject the orders with a reason and ask marketing to take the "
            "product out of the campaign."
        ),
    )
    actions = (
        "map_product",
        "correct_order",
        "reject_order",
        "retry",
        "assign",
        "snooze",
        "dismiss",
        "reopen",
        "comment",
    )

    def title_for(self, facts: Mapping[str, str]) -> str:
        state = facts.get("reason") or "not for sale"
        return f"Product {facts.get('item') or facts.get('sku') or '(empty)'} is {state} in Prima"
