"""A yes without proof."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions.kind import Kind
from integration.accounts.roles import Role
from integration.consent.models import Channel


class UnsupportedOptIn(Kind):
    slug = "unsupported_opt_in"
    title = "Opt-in without evidence"
    plural = "Opt-ins without evidence"
    owner = Role.MARKETING
    due = timedelta(days=3)
    grouped_by = ("source", "channel", "reason")
    meaning = (
        "A system says yes to marketing for somebody who had said no, or never said yes, and "
        "does not tell how, when and to what words they agreed. A flag is not consent: nothing "
        "has been changed, and they are not written to."
    )
    what_to_do = (
        "Open the person's consent page from the case and look at what they said before.",
        "Find out who set the flag, and whether there is a form, a recording or a letter behind it.",
        "With evidence, record the opt-in on the person's consent page. Without it, leave it.",
        "Never write to the person to ask them back.",
        "Have whoever sets such flags told: the other system should send the evidence with it.",
        "Dismiss the case with a sentence about what was found.",
    )
    actions = ("assign", "snooze", "dismiss", "reopen", "comment")

    def title_for(self, facts: Mapping[str, str]) -> str:
        names = {"sfmc": "Marketing Cloud", "prima": "Prima"}
        source = names.get(facts.get("source", ""), "a system")
        channel = dict(Channel.choices).get(facts.get("channel", ""), "a channel")
        return f"Yes to {channel.lower()} from {source} without evidence"
