"""Something the desk did not expect: a fault of the program or of its set-up."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions.kind import Kind, Severity
from integration.accounts.roles import Role


class UnexpectedFailure(Kind):
    slug = "unexpected_failure"
    title = "Unexpected failure"
    plural = "Unexpected failures"
    owner = Role.ADMIN
    severity = Severity.HIGH
    due = timedelta(hours=4)
    grouped_by = ("exception", "place")
    meaning = (
        "The desk met something it was not made for. The order is kept as it arrived, nothing was "
        "sent because of it, and the other orders went on. It is a fault to be reported, not "
        "something to be corrected in the order."
    )
    what_to_do = (
        "Choose “Try again” once: the cause may have been passing.",
        (
            "If it fails again, report it to the people who look after the desk, with the address of "
            "this page. The technical details are kept with the sync run."
        ),
        (
            "Until it is mended you may enter urgent orders in Prima by hand; then reject them here, "
            "naming the Prima order number, so that they are not booked twice."
        ),
    )
    actions = (
        "retry",
        "correct_order",
        "reject_order",
        "assign",
        "snooze",
        "dismiss",
        "reopen",
        "comment",
    )

    def title_for(self, facts: Mapping[str, str]) -> str:
        place = facts.get("place", "")
        said = f" in {place}" if place else ""
        return f"The desk failed unexpectedly{said}"
