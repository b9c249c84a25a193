"""One run's connection to the database and the values all its statements know."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

A_FEW = "SET LOCAL random_page_cost = 0.1"
"""A few thousand among millions are looked up one by one, where reading all would be the default."""
_LOCK = 7_260_173  # Any constant: it names the lock under which matches are made.

# For this transaction only. A million rows are joined in memory, in the order they are stored, so
# that the indexes of the matches grow at their ends.
_SETTINGS = """
SET LOCAL work_mem = '384MB'; SET LOCAL maintenance_work_mem = '384MB'; SET LOCAL jit = off;
SET LOCAL enable_mergejoin = off; SET LOCAL enable_memoize = off;
SET LOCAL default_statistics_target = 30;
DO $$ BEGIN
    PERFORM set_config('temp_buffers', '256MB', true);
EXCEPTION WHEN invalid_parameter_value THEN
    NULL;  -- A connection takes it only before its first temporary table; it works without, too.
END $$
"""


@dataclass(frozen=True, slots=True)
class Desk:
    """`known` are the parameters every statement may use."""

    known: Mapping[str, Any]

    def do(self, statement: str, **more: Any) -> int:
        """How many rows it touched."""
        with connection.cursor() as cursor:
            cursor.execute(statement, {**self.known, **more})
            return int(cursor.rowcount)

    def rows(self, statement: str, **more: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, {**self.known, **more})
            return list(cursor.fetchall())

    def prepare(self) -> None:
        """The transaction for work on very many rows."""
        self.do(_SETTINGS)


@contextmanager
def alone() -> Iterator[None]:
    """A transaction in which nobody else makes or undoes matches."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        yield
