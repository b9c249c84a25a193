"""A contact that Marketing Cloud would not take."""

from collections.abc import Mapping

from exceptions.kind import Kind
from exceptions.words import of_whom
from integration.accounts.roles import Role


class ContactRefused(Kind):
    slug = "contact_refused"
    title = "Contact refused by Marketing Cloud"
    plural = "Contacts refused by Marketing Cloud"
    owner = Role.MARKETING
    grouped_by = ("contact_key", "reason")
    meaning = (
        "The desk wanted to give a contact in Marketing Cloud another e-mail address, and Marketing "
        "Cloud refused it. Until that is put right, both systems write to different addresses."
    )
    what_to_do = (
        "Read what Marketing Cloud said; it is quoted in the case.",
        "Put the address right where it is kept, or choose “Correct the contact”.",
        "If the words mean nothing to you, ask whoever looks after Marketing Cloud.",
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
        return f"Marketing Cloud refused {of_whom(facts)}"
