"""Signing in at Prima: a bearer token, kept until shortly before it expires, or an API key."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from urllib.parse import urlencode

from connectors.answer import Answer, error_for
from connectors.errors import (
    MisconfiguredError,
    NotAuthorised,
    NotFound,
    Rejected,
    RemoteError,
)
from connectors.http import Conduct, HttpSession

EARLY = 60.0


@dataclass(frozen=True, slots=True)
class Credentials:
    """With an `api_key` the rest is not needed. `token_url` is the whole address."""

    token_url: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)


class SignIn:
    """Headers for signed calls. Safe to share between threads; asks for one token at a time."""

    def __init__(self, system: str, credentials: Credentials, conduct: Conduct) -> None:
        self._credentials = credentials
        self._lock = threading.Lock()
        self._headers: Mapping[str, str] = {}
        self._renew_at = 0.0
        self._session: HttpSession | None = None
        if credentials.api_key:
            self._headers, self._renew_at = {"X-Api-Key": credentials.api_key}, float("inf")
        else:
            url = credentials.token_url
            self._session = HttpSession(system, url, conduct, problem=_problem_for)

    def headers(self) -> Mapping[str, str]:
        """Raises NotAuthorised when the id or secret is wrong."""
        if monotonic() < self._renew_at:
            return self._headers
        return self.renewed(self._headers)

    def renewed(self, refused: Mapping[str, str]) -> Mapping[str, str]:
        """Other headers than `refused`. With an API key there are none: raises NotAuthorised."""
        if self._session is None:
            raise NotAuthorised("Prima did not accept the API key.", "Prima")
        with self._lock:
            if self._headers is refused or monotonic() >= self._renew_at:
                self._fetch(self._session)
            return self._headers

    def close(self) -> None:
        if self._session is not None:
            self._session.close()

    def _fetch(self, session: HttpSession) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.client_secret,
        }
        asked_at = monotonic()
        answer = session.send(
            "POST",
            "",
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json",
            },
            body=urlencode(form).encode(),
        )
        token, life = _token(answer)
        self._headers = {"Authorization": f"Bearer {token}"}
        self._renew_at = asked_at + max(life - EARLY, life / 2)


def _token(answer: Answer) -> tuple[str, float]:
    found = answer.json_object()
    token, life = found.get("access_token"), found.get("expires_in")
    if not isinstance(token, str) or not isinstance(life, int | float):
        raise answer.unexpected("answered with a token that cannot be read")
    return token, float(life)


def _problem_for(answer: Answer) -> RemoteError:
    """OAuth 2 refuses a wrong id or secret with 400 as well as with 401.

    A sign-in that is not there must not be taken for a record that is not there.
    """
    error = error_for(answer)
    if isinstance(error, NotFound):
        return answer.locate(MisconfiguredError(f"{answer.system} has no sign-in at this address."))
    if isinstance(error, Rejected):
        return answer.locate(NotAuthorised(f"{answer.system} did not accept the id and secret."))
    return error
