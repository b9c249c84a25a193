"""A lead that Prima could not open an account for, for a reason no order knows."""

from collections.abc import Mapping

from exceptions.kind import Kind
from exceptions.words import who
from integration.accounts.roles import Role

REASONS: Mapping[str, str] = {
    "name_missing": "has no name",
    "name_too_long": "has a name that is too long",
}


class UnfitLead(Kind):
    slug = "unfit_lead"
    title = "Lead without a usable name"
    plural = "Leads without a usable name"
    owner = Role.MARKETING
    grouped_by = ("contact_key", "reason")
    meaning = (
        "A lead came from a campaign without any name, or with one that Prima cannot hold. No "
        "account can be opened for it, so it could not order."
    )
    what_to_do = (
        "Look at what the form took in: often the name is in another field.",
        "Choose “Correct the contact”, or put it right in Marketing Cloud; it is tried again by itself.",
        "If it is a test or nonsense, delete the contact in Marketing Cloud and dismiss the case.",
    )
    personal = ("name", "email")
    actions = (
        "correct_contact",
        "retry",
        "assign",
        "snooze",
        "dismiss",
        "reopen",
        "comment",
    )

    def title_for(self, facts: Mapping[str, str]) -> str:
        return f"{who(facts)} {REASONS.get(facts.get('reason', ''), 'cannot have an account')}"
