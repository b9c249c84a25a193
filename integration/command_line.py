"""The project's commands, with a plain word where the database was never set up."""

import sys

from django.core.management import execute_from_command_line
from django.db import ProgrammingError
from psycopg.errors import UndefinedColumn, UndefinedTable

NOT_SET_UP = (
    "The database has not been set up for this version yet. Run `manage.py migrate` first; "
    "with --traceback this command says which table it missed."
)


def run(words: list[str]) -> None:
    """Leaves with status 1 when tables or columns are missing."""
    try:
        execute_from_command_line(words)
    except ProgrammingError as error:
        is_missing = isinstance(error.__cause__, UndefinedTable | UndefinedColumn)
        if not is_missing or "--traceback" in words or words[1] == "migrate":
            raise
        sys.exit(NOT_SET_UP)
