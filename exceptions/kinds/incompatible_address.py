"""An address that Prima cannot take as it is."""

from collections.abc import Mapping

from exceptions import suggest
from exceptions.kind import Kind, Suggestion
from exceptions.models import ExceptionCase
from exceptions.words import of_whom
from integration.accounts.roles import Role


class IncompatibleAddress(Kind):
    slug = "incompatible_address"
    title = "Incompatible address"
    plural = "Incompatible addresses"
    owner = Role.OPERATIONS
    grouped_by = ("contact_key", "use", "reasons", "postcode")
    meaning = (
        "An address of the order does not fit into Prima or cannot be right: a line is too long, "
        "the postcode does not belong to the country, the country is unknown, or something that "
        "is needed is empty. Addresses are never cut off silently, because parcels then get lost."
    )
    what_to_do = (
        "See which part of the address is marked.",
        (
            "If only this order is wrong, choose “Correct the order”: shorten or move the text, or put "
            "the right postcode or country. The original stays beside the correction."
        ),
        "If the account in Prima has the wrong address, choose “Set the address in Prima”.",
        (
            "If the country is only spelt in an unusual way, choose “Map the value” so that it is "
            "understood from now on."
        ),
        "If you are not sure, ask the customer before you change where a parcel goes.",
    )
    personal = ("name", "email")
    actions = (
        "correct_order",
        "correct_contact",
        "set_address",
        "map_value",
        "reject_order",
        "retry",
        "assign",
        "snooze",
        "dismiss",
        "reopen",
        "comment",
    )

    def title_for(self, facts: Mapping[str, str]) -> str:
        use = facts.get("use", "")
        which = f"The {use} address" if use in ("invoice", "delivery") else "An address"
        return f"{which} of {of_whom(facts)} does not fit into Prima"

    def suggestions(self, case: ExceptionCase) -> list[Suggestion]:
        """How the lines could be broken, or which country the postcode belongs to."""
        told, use = case.facts.get("suggestion", ""), case.facts.get("use", "")
        if not told or not use:
            return []
        at = f"order.{use}_"
        if "crown_dependency" in case.facts.get("reasons", ""):
            values = {f"{at}country": told}
            label = f"Correct the country to {told}"
            reason = f"the postcode is in {suggest.country_name(told)}"
        else:
            lines = told.split("\n")
            values = {f"{at}line{place}": line for place, line in enumerate(lines, 1)}
            label = f"Break the lines: {' / '.join(lines)}"
            reason = "fits into Prima and loses nothing"
        if any(name.endswith(("line4", "line5", "line6")) for name in values):
            return []
        order = {"order": case.facts.get("order", "")}
        return [Suggestion("correct_order", label, reason, {**order, **values}, 90)]
