"""An opt-out that the other side has not confirmed in time."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions.kind import Kind, Severity
from integration.accounts.roles import Role


class OptOutNotConfirmed(Kind):
    slug = "opt_out_not_confirmed"
    title = "Opt-out not confirmed"
    plural = "Opt-outs not confirmed"
    owner = Role.MARKETING
    severity = Severity.HIGH
    due = timedelta(hours=1)
    grouped_by = ("target", "cause")
    meaning = (
        "Somebody said no, and the other system has not confirmed it within half an hour. This "
        "desk itself writes to them no more; the other system still may."
    )
    what_to_do = (
        "Look at the step that hangs and at the last message, on the list of opt-outs under way.",
        "When the other system is down, nothing needs to be done: it is tried until it works.",
        "When it refuses, unsubscribe the person there by hand, today.",
        "When a journey does not let the contact go, stop the journey for them in Marketing Cloud.",
        "The case closes by itself when the system confirms.",
    )
    actions = ("assign", "snooze", "dismiss", "reopen", "comment")

    def title_for(self, facts: Mapping[str, str]) -> str:
        names = {"sfmc": "Marketing Cloud", "prima": "Prima"}
        return f"Opt-outs that {names.get(facts.get('target', ''), 'a system')} has not confirmed"
