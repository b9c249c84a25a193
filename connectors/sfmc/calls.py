"""Calls with a token: found, renewed in time, and once more when it is refused."""

from collections.abc import Callable
from typing import TypeVar

from connectors.answer import Answer
from connectors.body import json_body
from connectors.errors import NotAuthorised
from connectors.http import Conduct, HttpSession
from connectors.sfmc.problems import problem_for, sign_in_problem
from connectors.sfmc.tokens import Credentials, Token, TokenStore, fetch_token

SYSTEM = "Marketing Cloud"
Result = TypeVar("Result")


class SignedCalls:
    """The sign-in of one connection, shared by its REST and SOAP calls."""

    def __init__(self, credentials: Credentials, tokens: TokenStore, conduct: Conduct) -> None:
        self.conduct = conduct
        self._credentials = credentials
        self._tokens = tokens
        self._auth = HttpSession(SYSTEM, credentials.auth_url, conduct, problem=sign_in_problem)

    def with_token(self, call: Callable[[Token], Result]) -> Result:
        """The call's result; a call that raises NotAuthorised is tried once with a new token."""
        token = self._tokens.get()
        if token is None or not token.is_fresh():
            token = self._tokens.renew(self._fetch, stale=None)
        try:
            return call(token)
        except NotAuthorised:
            renewed = self._tokens.renew(self._fetch, stale=token.value)
            return call(renewed)

    def _fetch(self) -> Token:
        return fetch_token(self._auth, self._credentials)

    def close(self) -> None:
        self._auth.close()


class RestCalls:
    """JSON over the REST host that the token names."""

    def __init__(self, signed: SignedCalls) -> None:
        self._signed = signed
        self._sessions: dict[str, HttpSession] = {}

    def send(self, method: str, target: str, content: object = None) -> Answer:
        """The answer to a call; `content` is sent as JSON unless it is None."""
        return self.send_body(method, target, None if content is None else as_json(content))

    def send_body(self, method: str, target: str, body: bytes | None) -> Answer:
        """As `send`, for JSON that has been written already."""

        def call(token: Token) -> Answer:
            headers = {"Authorization": f"Bearer {token.value}", "Accept": "application/json"}
            if body is not None:
                headers["Content-Type"] = "application/json; charset=UTF-8"
            return self._session(token.rest_url).send(method, target, headers=headers, body=body)

        return self._signed.with_token(call)

    def close(self) -> None:
        for session in self._sessions.values():
            session.close()

    def _session(self, url: str) -> HttpSession:
        session = self._sessions.get(url)
        if session is None:
            session = HttpSession(SYSTEM, url, self._signed.conduct, problem=problem_for)
            self._sessions[url] = session
        return session


def as_json(content: object) -> bytes:
    """`json_body` for Marketing Cloud."""
    return json_body(content, SYSTEM)
