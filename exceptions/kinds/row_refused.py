"""Marketing Cloud refused a row that the desk keeps there."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions.kind import Kind, Severity
from integration.accounts.roles import Role


class RowRefused(Kind):
    slug = "row_refused"
    title = "Row refused by Marketing Cloud"
    plural = "Rows refused by Marketing Cloud"
    owner = Role.MARKETING
    severity = Severity.MEDIUM
    due = timedelta(days=1)
    grouped_by = ("table", "reason")
    meaning = (
        "The desk keeps products, orders and customers up to date in data extensions of Marketing "
        "Cloud. It would not take some rows, for the reason shown. Until it does, journeys and "
        "segments see what was there before."
    )
    what_to_do = (
        "Read what Marketing Cloud said, and look at the row that was sent.",
        (
            "If a column is too short or of the wrong type, have it changed in Marketing Cloud, then "
            "choose “Send the rows again”."
        ),
        "If the value itself is wrong, put it right in Prima; the row then goes by itself.",
        "If you cannot tell, assign the case to an administrator with a comment.",
    )
    actions = (
        "send_rows_again",
        "assign",
        "snooze",
        "dismiss",
        "reopen",
        "comment",
    )

    def title_for(self, facts: Mapping[str, str]) -> str:
        table = facts.get("table") or "A data extension"
        return f"{table} refuses rows: {(facts.get('reason') or 'no reason given')[:90]}"
