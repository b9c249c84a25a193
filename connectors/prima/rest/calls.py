"""Signed JSON calls to one company of Prima, and answers read as records."""

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, TypeVar

from connectors.answer import Answer
from connectors.body import json_body
from connectors.errors import NotAuthorised
from connectors.http import Conduct, HttpSession
from connectors.prima.rest.auth import Credentials, SignIn
from connectors.prima.rest.problems import problem_for

SYSTEM = "Prima"
NOTHING: Mapping[str, str] = {}
_PLAIN_KEY = re.compile(r"[!-~]{1,64}")
Record = TypeVar("Record")
Reader = Callable[[Mapping[str, Any]], Record]


class SignedCalls:
    def __init__(self, base_url: str, credentials: Credentials, conduct: Conduct) -> None:
        self._session = HttpSession(SYSTEM, base_url, conduct, problem=problem_for)
        self._sign_in = SignIn(SYSTEM, credentials, conduct)

    def send(
        self,
        method: str,
        target: str,
        *,
        content: object = None,
        headers: Mapping[str, str] = NOTHING,
        weight: int = 1,
    ) -> Answer:
        """The answer; a call that is refused for its token is tried once with a new one."""
        body = None if content is None else json_body(content, SYSTEM)
        signed = self._sign_in.headers()
        try:
            return self._session.send(
                method, target, headers=_all(signed, headers), body=body, weight=weight
            )
        except NotAuthorised:
            signed = self._sign_in.renewed(signed)
        return self._session.send(
            method, target, headers=_all(signed, headers), body=body, weight=weight
        )

    def close(self) -> None:
        self._session.close()
        self._sign_in.close()


def read(answer: Answer, reader: Reader[Record]) -> Record:
    """The record that the answer's JSON object holds. Raises UnexpectedShape."""
    return read_entry(answer, answer.json_object(), reader)


def read_entry(answer: Answer, entry: Any, reader: Reader[Record]) -> Record:
    """The record that a part of the answer holds. Raises UnexpectedShape."""
    try:
        return reader(entry)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise answer.unexpected(f"answered with something that cannot be read: {error}") from error


def _all(signed: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, str]:
    return {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "Prima-Api-Version": "1",
        **signed,
        **headers,
    }


def once(key: str) -> dict[str, str]:
    """The header that gives a call its effect once. A key that no header can hold is hashed."""
    plain = key if _PLAIN_KEY.fullmatch(key) else sha256(key.encode()).hexdigest()
    return {"Idempotency-Key": plain}
