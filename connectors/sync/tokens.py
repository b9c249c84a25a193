"""The access token of Marketing Cloud, kept encrypted in the connection's row for all workers."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection as database

from connectors.sfmc.tokens import Token
from connectors.sync.models import Connection

_LOCKS = 7_260_120  # Any constant: it sets these locks apart from others in the database.


class DatabaseTokenStore:
    """One token, and one request for it a life, whoever asks. Safe to share between threads.

    The lock is one of the database's own, outside any transaction: the others go on calling with
    the old token meanwhile, and a worker that dies lets go of it.
    """

    def __init__(self, connection_id: int) -> None:
        self._id = connection_id
        self._known: Token | None = None
        self._guard = threading.Lock()

    def get(self) -> Token | None:
        known = self._known
        if known is None or not known.is_fresh():
            known = self._known = self._read()
        return known

    def renew(self, fetch: Callable[[], Token], *, stale: str | None) -> Token:
        with self._guard, _only_one(self._id):
            token = self._read()
            if token is None or not token.is_fresh() or token.value == stale:
                token = fetch()
                self._write(token)
            self._known = token
            return token

    def _read(self) -> Token | None:
        row = Connection.objects.only(
            "access_token", "access_token_data", "access_token_expires_at"
        ).get(pk=self._id)
        if not row.access_token or row.access_token_expires_at is None:
            return None
        data = row.access_token_data
        return Token(
            value=row.access_token,
            rest_url=data["rest_url"],
            soap_url=data["soap_url"],
            scopes=frozenset(data["scopes"]),
            renew_at=datetime.fromisoformat(data["renew_at"]),
            expires_at=row.access_token_expires_at,
        )

    def _write(self, token: Token) -> None:
        Connection.objects.filter(pk=self._id).update(
            access_token=token.value,
            access_token_data={
                "rest_url": token.rest_url,
                "soap_url": token.soap_url,
                "scopes": sorted(token.scopes),
                "renew_at": token.renew_at.isoformat(),
            },
            access_token_expires_at=token.expires_at,
        )


def forget(connection_id: int) -> None:
    """After a change of the sign-in: the kept token belongs to the old one."""
    Connection.objects.filter(pk=connection_id).update(
        access_token="", access_token_data={}, access_token_expires_at=None
    )


@contextmanager
def _only_one(connection_id: int) -> Iterator[None]:
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [_LOCKS, connection_id])
    try:
        yield
    finally:
        with database.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCKS, connection_id])
