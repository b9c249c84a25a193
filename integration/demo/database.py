"""The demo's PostgreSQL: started when it is not running, and stopped only when the demo started it."""

import psycopg
from psycopg import sql

from integration import embedded
from integration.env import VAR, env

_MARK = VAR / "demo" / "postgres.pid"


def external() -> bool:
    """True when DATABASE_URL names a server of somebody else's."""
    return bool(env.str("DATABASE_URL", default=""))


def name() -> str:
    return str(env.str("DATABASE_NAME", default="desk"))


def start() -> None:
    """Remembers which server the demo started, so that a later run still knows after a crash."""
    if external() or embedded.running():
        return
    embedded.start()
    _MARK.parent.mkdir(parents=True, exist_ok=True)
    _MARK.write_text(str(embedded.pid()))


def stop() -> str:
    """Stops it when it is the demo's and nobody else uses it. Returns a sentence when it goes on."""
    if external() or not _is_ours():
        return ""
    if others := _other_sessions():
        return f"PostgreSQL goes on: {others} other connections use it. `make stop` ends it."
    embedded.stop()
    _MARK.unlink(missing_ok=True)
    return ""


def drop() -> None:
    """Removes the demo's database; the next start makes it anew."""
    host = embedded.start()
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as db:
        db.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name()))
        )


def _is_ours() -> bool:
    running = embedded.pid()
    return running is not None and _MARK.exists() and _MARK.read_text() == str(running)


def _other_sessions() -> int:
    host = embedded.start()
    query = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    with psycopg.connect(host=host, user="postgres", dbname="postgres") as db:
        row = db.execute(query).fetchone()
    return int(row[0]) if row else 0
