"""One call as its answerers see it, and the reply they give."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol

from connectors.sandbox.prima.installation import Company, Installation
from connectors.sandbox.prima.problem import Issue, Refused, invalid, malformed


class Named(Protocol):
    """Headers: looked up without regard to case."""

    def get(self, key: str, default: str, /) -> str: ...


@dataclass(frozen=True, slots=True)
class Reply:
    """A good answer; `body` None sends none."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """`path` is the whole path, `args` what the route found in it."""

    prima: Installation
    company: Company
    method: str
    path: str
    args: Mapping[str, str]
    query: Mapping[str, str]
    headers: Named
    raw: bytes

    def at(self, resource: str) -> tuple[str, str]:
        return self.company.at(resource)

    def body(self) -> dict[str, Any]:
        """The JSON object that was sent. Refused when it is not one."""
        if len(self.raw) > self.company.capabilities.body_bytes:
            raise Refused(413, "body-too-large", "The body is too large")
        value = parsed(self.raw)
        if not isinstance(value, dict):
            raise invalid([Issue("#", "field.invalid", "A JSON object is expected.")])
        return value

    def whole(self, name: str, default: int, most: int) -> int:
        """A whole number from the query, from 1 up to `most`."""
        text = self.query.get(name, "")
        if not text:
            return default
        if not text.isascii() or not text.isdigit() or int(text[:9]) < 1:
            raise malformed(f"{name} is a whole number from 1.")
        return min(int(text[:9]), most)


Answerer = Callable[[Call], Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """`path` below /prima/v1/{company}, in werkzeug's notation."""

    method: str
    path: str
    answer: Answerer


def parsed(raw: bytes) -> Any:
    try:
        value = json.loads(raw or b"{}", parse_constant=_no_constant)
        if b"\\ud" in raw or b"\\uD" in raw:
            # Half a surrogate pair is JSON, but no text: nothing could store or answer it.
            json.dumps(value, ensure_ascii=False).encode()
        return value
    except RecursionError as problem:
        raise malformed("The body is nested too deeply.") from problem
    except ValueError as problem:
        raise malformed(f"The body is not JSON in UTF-8: {problem}.") from problem


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")
