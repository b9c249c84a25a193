"""The project's commands, with a plain word where settings or the database are not as they must be."""

import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError
from psycopg.errors import UndefinedColumn, UndefinedTable

from integration.starting import load_settings

NOT_SET_UP = (
    "The database has not been set up for this version yet. Run `manage.py migrate` first; "
    "with --traceback this command says which table it missed."
)
NO_ANSWER = (
    "The database does not answer. Look at DATABASE_URL and whether PostgreSQL is up; "
    "with --traceback this command says more. It said:"
)


def run(words: list[str]) -> None:
    """Leaves with status 1 when a setting is refused, the database does not answer, or tables
    or columns are missing.
    """
    load_settings()
    try:
        execute_from_command_line(words)
    except OperationalError as error:
        answered = getattr(error.__cause__, "sqlstate", None) is not None
        if answered or "--traceback" in words:
            raise
        sys.exit(f"{NO_ANSWER}\n{error}")
    except ProgrammingError as error:
        is_missing = isinstance(error.__cause__, UndefinedTable | UndefinedColumn)
        if not is_missing or "--traceback" in words or words[1] == "migrate":
            raise
        sys.exit(NOT_SET_UP)
