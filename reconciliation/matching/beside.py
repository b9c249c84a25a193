"""A first run stores what is plain on a connection of its own, while the rules go on with the rest.

The pairs found at a glance are most of all matches, and no rule doubts them. They are stored, and
their indexes built, beside the rules, which need no more of them than which keys they left. Until
the pairs are there nobody can read the table of matches: a rule that does waits for them.

They are kept even if the run fails after that: each is right by itself, and the next run goes on
from there.
"""

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from django.db import OperationalError, connection, transaction

from reconciliation.matching import glance, ground, store
from reconciliation.matching.desk import Desk
from reconciliation.matching.result import Yield
from reconciliation.matching.rule import Rule

LINES = 20_000
"""From so many on it is worth a second connection."""

_CHUNK = 1 << 20
_IN_MEMORY = 8 << 20
# Who reads the matches for longer than that is not to be waited for: then it goes one by one.
_TAKE_OVER = """
SET LOCAL lock_timeout = '1s';
TRUNCATE reconciliation_match;
SET LOCAL lock_timeout TO DEFAULT;
SET LOCAL max_parallel_maintenance_workers = 0
"""
_READ_LEFT = """
COPY (SELECT key, lines, documents, line_id, document_id FROM left_key WHERE swallowed IS NULL)
TO STDOUT
"""
_LEFT = """
CREATE TEMP TABLE left_key (
    key text, lines bigint, documents bigint, line_id bigint, document_id bigint
) ON COMMIT DROP
"""
_WRITE_LEFT = "COPY left_key FROM STDIN"


class Pairs:
    """What is plain at a glance, being stored beside."""

    def __init__(self, desk: Desk, rule: Rule) -> None:
        self._desk, self._rule = desk, rule
        self._left: Future[IO[bytes]] = Future()
        pool = ThreadPoolExecutor(1, thread_name_prefix="pairs")
        self._found = pool.submit(self._store)
        pool.shutdown(wait=False)

    def lay_left(self) -> bool:
        """Lays `left_key` for the run, once it is known. False when nothing is stored beside."""
        either: list[Future[Any]] = [self._left, self._found]
        wait(either, return_when=FIRST_COMPLETED)
        if not self._left.done():
            self._found.result()
            return False
        self._desk.do(_LEFT)
        with (
            self._left.result() as rows,
            connection.cursor() as cursor,
            cursor.copy(_WRITE_LEFT) as into,
        ):
            while piece := rows.read(_CHUNK):
                into.write(piece)
        return True

    def wait(self) -> Yield:
        """What was stored. From here on the matches can be read."""
        return cast("Yield", self._found.result())  # None only where `lay_left` says False.

    def end(self) -> None:
        """Waits, whatever came of it; what went wrong is told by `wait`."""
        wait([self._found])

    def _store(self) -> Yield | None:
        try:
            with transaction.atomic():
                return self._fill() if self._takes_over() else None
        except OperationalError:
            # No second connection is to be had, or others hold the matches: then one does it all.
            if self._left.done():
                raise
            return None
        finally:
            connection.close()

    def _takes_over(self) -> bool:
        desk = self._desk
        if not glance.is_empty(desk):
            return False
        desk.do(_TAKE_OVER)
        return True

    def _fill(self) -> Yield:
        desk = self._desk
        desk.prepare()
        ground.lay(desk, is_first=True)
        last = store.take_numbers(desk)
        glance.look(desk, self._rule, is_first=True)
        desk.do(glance.LEFT_KEYS)
        self._left.set_result(self._read_left())
        return glance.fill(desk, self._rule, last)

    def _read_left(self) -> IO[bytes]:
        """The run reads it and closes it."""
        rows = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        with connection.cursor() as cursor, cursor.copy(_READ_LEFT) as out:
            for piece in out:
                rows.write(piece)
        rows.seek(0)
        return cast("IO[bytes]", rows)


def is_worth_it(desk: Desk) -> bool:
    """Whether nothing is matched yet, of very much.

    It reads the matches, so a transaction that is to last must not ask. Nor is it of use in one:
    what is written there the second connection cannot see.
    """
    if connection.in_atomic_block:
        return False
    return glance.lines_about(desk) >= LINES and glance.is_empty(desk)


@contextmanager
def pairs(desk: Desk, rule: Rule) -> Iterator[Pairs | None]:
    """None where it turns out that one connection has to do it all. At the end none goes on beside."""
    found = Pairs(desk, rule)
    try:
        yield found if found.lay_left() else None
    finally:
        found.end()
