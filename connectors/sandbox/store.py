"""File storage of a sandbox: one sqlite3 file, one writer at a time, as many readers as ask."""

import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, LifoQueue


class Store:
    """A sqlite3 file (or, without a path, one that goes away with the store).

    `write()` gives the single writing connection inside a transaction; a nested `write()` joins it.
    `read()` gives a connection that sees what is committed, and, inside `write()`, what is being written.
    """

    def __init__(self, path: Path | None) -> None:
        self._folder = None if path else tempfile.TemporaryDirectory(prefix="sandbox-")
        self.path = path or Path(self._folder.name if self._folder else ".") / "sandbox.sqlite3"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._owner: int | None = None
        self._readers: LifoQueue[sqlite3.Connection] = LifoQueue()
        self._writer = self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path,
            check_same_thread=False,
            isolation_level=None,
            timeout=30,
            cached_statements=512,
        )
        connection.row_factory = sqlite3.Row
        # A killed sandbox keeps its data; only a power cut may lose the last writes.
        connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA temp_store=MEMORY;"
            "PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456;"
        )
        return connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._owner == threading.get_ident():
                yield self._writer
                return
            self._owner = threading.get_ident()
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                try:
                    yield self._writer
                except BaseException:
                    self._writer.execute("ROLLBACK")
                    raise
                self._writer.execute("COMMIT")
            finally:
                self._owner = None

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        if self._owner == threading.get_ident():
            yield self._writer
            return
        try:
            connection = self._readers.get_nowait()
        except Empty:
            connection = self._connect()
        try:
            yield connection
        finally:
            self._readers.put(connection)

    def close(self) -> None:
        with self._lock:
            while not self._readers.empty():
                self._readers.get_nowait().close()
            self._writer.close()
        if self._folder:
            self._folder.cleanup()
