"""Which event tells which milestone, on which day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from integration.mapping.book import Dated
from integration.mapping.models import MilestoneEvent
from integration.mapping.target_columns import EVENT_COLUMNS
from integration.records.milestones import Milestone


@dataclass(frozen=True, slots=True)
class EventRule:
    """`columns` names each of our fields for the entry data extension."""

    event_definition: str
    columns: Mapping[str, str]
    latest_after: timedelta
    wait_for_tracking: timedelta


@dataclass(frozen=True, slots=True)
class MilestoneBook:
    rules: Mapping[str, tuple[Dated[EventRule], ...]]

    @classmethod
    def load(cls) -> "MilestoneBook":
        """As it stands in the database, in one query."""
        found: dict[str, tuple[Dated[EventRule], ...]] = {}
        for row in MilestoneEvent.objects.filter(service_only=True):
            entry = Dated(_rule(row), row.valid_from, row.valid_to)
            found[row.milestone] = (*found.get(row.milestone, ()), entry)
        return cls(found)

    def rule(self, milestone: Milestone, day: date) -> EventRule | None:
        """None when nothing is to be told of this milestone on that day."""
        entries = self.rules.get(milestone, ())
        return next((entry.what for entry in entries if entry.on(day)), None)


def _rule(row: MilestoneEvent) -> EventRule:
    known = {field: row.columns.get(field) or name for field, name in EVENT_COLUMNS.items()}
    return EventRule(
        event_definition=row.event_definition,
        columns=known,
        latest_after=timedelta(hours=row.latest_after_hours),
        wait_for_tracking=timedelta(minutes=row.wait_minutes),
    )
