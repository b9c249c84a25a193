"""Tokens of Marketing Cloud: what one is, who keeps it, and how a new one is asked for."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from connectors.answer import Answer
from connectors.errors import UnexpectedShape
from connectors.http import HttpSession

EARLY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Of an installed package. `account_id` is the business unit's MID; empty is the package's own."""

    auth_url: str
    client_id: str
    client_secret: str = field(repr=False)
    account_id: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """`renew_at` lies before `expires_at`: five minutes, or half the life of a short-lived one."""

    value: str = field(repr=False)
    rest_url: str
    soap_url: str
    scopes: frozenset[str]
    renew_at: datetime
    expires_at: datetime

    def is_fresh(self, now: datetime | None = None) -> bool:
        return (now or datetime.now(UTC)) < self.renew_at


class TokenStore(Protocol):
    """Keeps the one token of a connection for all who share it."""

    def get(self) -> Token | None:
        """The token kept, fresh or not."""

    def renew(self, fetch: Callable[[], Token], *, stale: str | None) -> Token:
        """A token that is fresh and whose value is not `stale`.

        Called when the kept token is missing, due for renewal or, then `stale` names it, refused.
        The store lets one caller `fetch` at a time; the others get what that one fetched.
        """


class MemoryTokenStore:
    """For one process: scripts, benches and checks of a connection before it is saved."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._token: Token | None = None

    def get(self) -> Token | None:
        return self._token

    def renew(self, fetch: Callable[[], Token], *, stale: str | None) -> Token:
        with self._lock:
            token = self._token
            if token is None or not token.is_fresh() or token.value == stale:
                token = self._token = fetch()
            return token


def fetch_token(session: HttpSession, credentials: Credentials) -> Token:
    """Asks the auth service for a token. Raises NotAuthorised when the id or secret is wrong."""
    wanted = {
        "grant_type": "client_credentials",
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
    }
    if credentials.account_id:
        wanted["account_id"] = credentials.account_id
    asked_at = datetime.now(UTC)
    answer = session.send(
        "POST",
        "/v2/token",
        headers={"Content-Type": "application/json", "Accept": "application/json"},
        body=json.dumps(wanted).encode(),
    )
    return _token(answer, answer.json_object(), asked_at)


def _token(answer: Answer, found: dict[str, Any], asked_at: datetime) -> Token:
    try:
        life = timedelta(seconds=float(found["expires_in"]))
        return Token(
            value=_text(found["access_token"]),
            rest_url=_text(found["rest_instance_url"]),
            soap_url=_text(found["soap_instance_url"]),
            scopes=frozenset(_text(found["scope"]).split()),
            renew_at=asked_at + max(life - EARLY, life / 2),
            expires_at=asked_at + life,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _unusable(answer) from error


def _unusable(answer: Answer) -> UnexpectedShape:
    return answer.unexpected("answered with a token that cannot be read")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value
