"""An opt-out for somebody whom nobody can find."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions.kind import Kind, Severity
from integration.accounts.roles import Role


class ConsentAddressUnknown(Kind):
    slug = "consent_address_unknown"
    title = "Opt-out of an unknown address"
    plural = "Opt-outs of unknown addresses"
    owner = Role.MARKETING
    severity = Severity.LOW
    due = timedelta(days=5)
    grouped_by = ("target", "cause")
    meaning = (
        "Somebody said no, but the other system knows nobody by this address, or the system that "
        "told it did not say whose it is. What could be suppressed is suppressed."
    )
    what_to_do = (
        "Open the case: each entry names the address, or the number that came in its place.",
        "Search both systems for the person under another address or name.",
        "When they are found, record the opt-out by hand for the address you found.",
        "When nobody is there, dismiss the case: the address stays suppressed for ever.",
    )
    actions = ("assign", "snooze", "dismiss", "reopen", "comment")

    def title_for(self, facts: Mapping[str, str]) -> str:
        names = {"sfmc": "Marketing Cloud", "prima": "Prima"}
        return f"Opt-outs of addresses that {names.get(facts.get('target', ''), 'nobody')} does not know"
