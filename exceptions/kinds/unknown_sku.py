"""A campaign sold a SKU that Prima does not know."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions import suggest
from exceptions.kind import Kind, Severity, Suggestion
from exceptions.models import ExceptionCase
from integration.accounts.roles import Role


class UnknownSku(Kind):
    slug = "unknown_sku"
    title = "Unknown SKU"
    plural = "Unknown SKUs"
    owner = Role.OPERATIONS
    severity = Severity.HIGH
    due = timedelta(hours=8)
    grouped_by = ("sku",)
    meaning = (
        "A campaign sells something under a code that Prima does not have. It is often a service, "
        "a warranty or a digital product that was set up for the campaign only, or a code that is "
        "spelt differently in Prima. Prima cannot book an order with such a line, so every order "
        "with this code waits."
    )
    what_to_do = (
        "Look at the description and the price on the orders below to see what was sold.",
        (
            "If Prima has the product under another code, choose “Map to a product”. The closest "
            "products are suggested with the reason."
        ),
        (
            "If Prima does not have it and it is a service or another thing without stock, choose "
            "“Create the item in Prima”."
        ),
        (
            "Check the preview: it shows which orders go through and which are held for another "
            "reason. Then save; all orders with this code are tried again by themselves."
        ),
        "If it was sold by mistake, reject the orders with a reason and tell marketing.",
    )
    actions = (
        "map_product",
        "create_item",
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
        return f"SKU {facts.get('sku') or '(empty)'} is unknown in Prima"

    def suggestions(self, case: ExceptionCase) -> list[Suggestion]:
        found = suggest.products(case.facts.get("sku", ""), case.facts.get("description", ""))
        return [
            Suggestion(
                action="map_product",
                label=f"Map to {hit.code} {hit.label}",
                reason=hit.reason,
                initial={"product": hit.code},
                score=hit.score,
            )
            for hit in found[:3]
        ]
