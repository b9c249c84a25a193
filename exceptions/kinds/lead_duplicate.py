"""A lead that seems to be a customer already."""

from collections.abc import Mapping

from exceptions.kind import Kind, Suggestion
from exceptions.models import ExceptionCase
from exceptions.words import who
from integration.accounts.roles import Role


class LeadDuplicate(Kind):
    slug = "lead_duplicate"
    title = "Lead that is a customer already"
    plural = "Leads that are customers already"
    owner = Role.MARKETING
    grouped_by = ("contact_key", "candidates")
    meaning = (
        "A lead has the tax number of an account that Prima already has, perhaps one on hold. The "
        "desk neither opens a second account nor decides by itself that they are the same."
    )
    what_to_do = (
        "Compare the lead with the account: name, address, e-mail.",
        "If it is the same customer, choose “Link to an account”; the lead gets no account of its own.",
        (
            "If the account is on hold, tell finance before anybody promises the customer anything: "
            "orders would be held."
        ),
        "If the tax number was typed wrongly, choose “Correct the contact”.",
    )
    personal = ("name", "email")
    actions = (
        "link_customer",
        "correct_contact",
        "retry",
        "assign",
        "snooze",
        "dismiss",
        "reopen",
        "comment",
    )

    def title_for(self, facts: Mapping[str, str]) -> str:
        held = ", which is on hold" if facts.get("reason") == "hold" else ""
        return f"{who(facts)} may be account {facts.get('candidates', '')}{held}"

    def suggestions(self, case: ExceptionCase) -> list[Suggestion]:
        account = str(case.facts.get("candidates", ""))
        if not account:
            return []
        reason = "it has the same tax number"
        return [Suggestion("link_customer", f"Link to {account}", reason, {"account": account}, 80)]
