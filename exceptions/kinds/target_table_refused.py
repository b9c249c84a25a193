"""A data extension that the desk writes is not there, or takes nothing."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions.kind import Kind, Severity
from integration.accounts.roles import Role


class TargetTableRefused(Kind):
    slug = "target_table_refused"
    title = "Data extension cannot be written"
    plural = "Data extensions that cannot be written"
    owner = Role.ADMIN
    severity = Severity.HIGH
    due = timedelta(hours=8)
    grouped_by = ("table",)
    meaning = (
        "The desk keeps rows up to date in a data extension of Marketing Cloud, and Marketing Cloud "
        "takes none of them. The data extension is missing, has another external key, lacks its "
        "primary key, or a column has another name than the desk was told."
    )
    what_to_do = (
        "Read what Marketing Cloud said.",
        (
            "Compare the data extension with the table in the manual, and its external key and "
            "columns with Admin, Target tables."
        ),
        (
            "Put right what differs, there or here. The next run sends everything that waits, and "
            "the case closes by itself."
        ),
    )
    actions = ("assign", "snooze", "dismiss", "reopen", "comment")

    def title_for(self, facts: Mapping[str, str]) -> str:
        return f"Marketing Cloud takes no rows for {facts.get('table') or 'a data extension'}"
