"""A database of the bench's own on the desk's server: made, filled with tables, and dropped."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import DatabaseError, connection

from integration.env import env

SUFFIX = "_bench"
LONGEST_NAME = 63
_LOCKS = 7_260_131  # Any constant: it sets this lock apart from others in the database.


class DatabaseRefused(Exception):
    """There can be no database for the bench; the text says why."""


@dataclass(frozen=True, slots=True)
class OwnDatabase:
    """`name` ends with SUFFIX, so that no mistake can touch any other."""

    name: str

    def environment(self) -> dict[str, str]:
        """The settings under which a program works in this database."""
        if url := env.str("DATABASE_URL", default=""):
            return {"DATABASE_URL": renamed(url, self.name)}
        return {"DATABASE_NAME": self.name}

    def make(self) -> None:
        """An empty one, whatever was there before."""
        self.drop()
        _execute(f"CREATE DATABASE {connection.ops.quote_name(self.name)}")

    def drop(self) -> None:
        _execute(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(self.name)} WITH (FORCE)")


@contextmanager
def own_database() -> Iterator[OwnDatabase]:
    """Dropped afterwards, whatever happens. Raises DatabaseRefused when another bench has it."""
    name = str(settings.DATABASES["default"]["NAME"])
    own = OwnDatabase(name[: LONGEST_NAME - len(SUFFIX)] + SUFFIX)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [_LOCKS, own.name])
        is_ours = bool(cursor.fetchone()[0])
    if not is_ours:
        raise DatabaseRefused(f"Another bench is working in the database {own.name}.")
    try:
        own.make()
        yield own
    finally:
        own.drop()
        connection.close()  # Which lets go of the lock.


def is_own() -> bool:
    """Whether this process works in a bench's database."""
    return str(settings.DATABASES["default"]["NAME"]).endswith(SUFFIX)


def renamed(url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _execute(statement: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        raise DatabaseRefused(f"The database server refused: {str(error).strip()}") from error
