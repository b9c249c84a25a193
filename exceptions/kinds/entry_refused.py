"""A journey of Marketing Cloud would not take a contact, or nobody at all."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions.kind import Kind, Severity
from integration.accounts.roles import Role


class EntryRefused(Kind):
    slug = "entry_refused"
    title = "Contact refused by a journey"
    plural = "Contacts refused by a journey"
    owner = Role.MARKETING
    severity = Severity.MEDIUM
    due = timedelta(days=1)
    grouped_by = ("event", "said")
    meaning = (
        "The desk wanted to let contacts into a journey, and Marketing Cloud refused them for the "
        "reason shown. When it refused the journey's entry event itself, everybody waits until it "
        "is there again; when it refused one contact, that contact is not told."
    )
    what_to_do = (
        "Read what Marketing Cloud said.",
        (
            "If it does not know the event, compare the key in Admin with the journey, and see that "
            "the journey is active. Whoever waits is told with the next run, and the case closes."
        ),
        "If a column of the journey's entry is missing or too short, have it changed there.",
        (
            "If single contacts are inactive or cannot be written to, nothing is wrong: choose "
            "“Dismiss” and say so."
        ),
    )
    actions = ("assign", "snooze", "dismiss", "reopen", "comment")

    def title_for(self, facts: Mapping[str, str]) -> str:
        event = facts.get("event") or "A journey"
        return f"{event} refuses contacts: {(facts.get('said') or 'no reason given')[:80]}"
