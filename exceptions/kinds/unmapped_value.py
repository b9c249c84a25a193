"""A word of the campaigns that nobody has translated for Prima yet."""

from collections.abc import Mapping

from exceptions import suggest
from exceptions.kind import Kind, Suggestion
from exceptions.models import ExceptionCase
from integration.accounts.roles import Role
from integration.mapping.models import ValueMapping


class UnmappedValue(Kind):
    slug = "unmapped_value"
    title = "Unmapped value"
    plural = "Unmapped values"
    owner = Role.OPERATIONS
    grouped_by = ("domain", "value")
    meaning = (
        "The campaign uses a word, for a carriage charge, a way of paying, payment terms, a country "
        "or a tax code, that Prima does not know and that has not been translated yet."
    )
    what_to_do = (
        "Find out what the campaign means by the word; the campaign's people know.",
        "Choose “Map the value” and pick the code of Prima. The likely ones are suggested.",
        "Check the preview and save: all orders with the word are tried again.",
        "If it is only a typing error in one order, choose “Correct the order”.",
    )
    actions = (
        "map_value",
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
        domain = facts.get("domain", "")
        known = dict(ValueMapping.Domain.choices).get(domain)
        label = str(known or domain.replace("_", " ") or "Value").capitalize()
        return f"{label} “{facts.get('value', '')}” is not mapped"

    def suggestions(self, case: ExceptionCase) -> list[Suggestion]:
        found = suggest.values(case.facts.get("domain", ""), case.facts.get("value", ""))
        return [
            Suggestion(
                action="map_value",
                label=f"Map to {hit.code} {hit.label}",
                reason=hit.reason,
                initial={"target": hit.code},
                score=hit.score,
            )
            for hit in found[:3]
            if hit.reason
        ]
