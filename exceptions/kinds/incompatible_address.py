"""An address that Prima cannot take as it is."""

from collections.abc import Mapping

from exceptions.kind import Kind
from exceptions.words import who
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
    actions = (
        "correct_order",
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
        return f"{which} of {who(facts)} does not fit into Prima"
