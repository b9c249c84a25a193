"""Where the rows of a part go: the data extension, its columns and its primary key."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.sfmc.rows import RowWrite
from integration.mapping.columns import COLUMNS, DATA_EXTENSIONS
from integration.mapping.models import SourceTable, TargetTable
from integration.mapping.target_columns import (
    PUT_BACK,
    TARGET_COLUMNS,
    TARGET_KEYS,
    TARGETS,
)

UPDATED = "updated_at"


@dataclass(frozen=True, slots=True)
class Target:
    """`columns` are their names by ours; `keys` are ours of the primary key."""

    part: str
    name: str
    columns: Mapping[str, str]
    keys: tuple[str, ...]

    def row(self, values: Mapping[str, Any], changed_at: datetime) -> RowWrite:
        """A row as it is sent. A field the target has no column for stays here."""
        told = {**values, UPDATED: changed_at} if UPDATED in self.columns else values
        return RowWrite(
            {self.columns[field]: values[field] for field in self.keys},
            {
                self.columns[field]: value
                for field, value in told.items()
                if field not in self.keys and field in self.columns
            },
        )


def target_of(part: str) -> Target:
    """As admin has set it; what is not set has its usual name."""
    if part == PUT_BACK:
        return _source_contacts()
    row = TargetTable.objects.filter(part=part).first()
    renamed = row.columns if row else {}
    columns = {field: renamed.get(field) or name for field, name in TARGET_COLUMNS[part].items()}
    return Target(part, row.data_extension if row else TARGETS[part], columns, TARGET_KEYS[part])


def _source_contacts() -> Target:
    """What is put back goes where it was read."""
    row = SourceTable.objects.filter(part="contact").first()
    renamed = row.columns if row else {}
    columns = {field: renamed.get(field) or name for field, name in COLUMNS["contact"].items()}
    name = row.data_extension if row else DATA_EXTENSIONS["contact"]
    return Target(PUT_BACK, name, columns, TARGET_KEYS[PUT_BACK])
