"""One REST call, read as forgivingly as the real service reads it."""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from connectors.sandbox.sfmc.errors import standard, unresolved

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from connectors.sandbox.sfmc.tokens import Grant

MOST_DIGITS = 9
HOSTS = frozenset({"auth", "rest", "soap"})


@dataclass(slots=True)
class Call:
    """Segments are decoded, without empty ones; query names are lower-case."""

    method: str
    segments: list[str]
    query: dict[str, str]
    body: bytes
    content_type: str
    base: str
    authorization: str
    soap_action: str
    names: dict[str, str] = field(default_factory=dict)
    token: "Grant | None" = None

    @property
    def path(self) -> str:
        return "/" + "/".join(self.segments)

    def host(self, name: str) -> str:
        """Where the REST or SOAP "host" is, with its closing slash; at the root all three are one."""
        return f"{self.base}/{name}/" if self.base.endswith("/sfmc") else f"{self.base}/"

    @property
    def grant(self) -> "Grant":
        if self.token is None:
            raise TypeError("This call was not signed in.")
        return self.token

    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError as problem:
            raise standard("Unable to parse the request body as JSON.", 10000) from problem

    def object(self) -> dict[str, Any]:
        """The body as an object with lower-case member names (clients differ in their spelling)."""
        body = self.json()
        if not isinstance(body, dict):
            raise standard("The request body must be a JSON object.", 10000)
        return {str(name).lower(): value for name, value in body.items()}

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def array(self) -> list[Any]:
        body = self.json()
        if not isinstance(body, list):
            raise standard("The request body must be a JSON array.", 10000)
        return body

    def whole_number(self, name: str, default: int) -> int:
        text = self.query.get(name, "")
        if not text:
            return default
        if not text.isdecimal() or len(text) > MOST_DIGITS:
            raise unresolved(name)
        return int(text)

    def page(self, most: int, default: int | None = None) -> tuple[int, int]:
        """Page (from 1) and page size; a size above `most` is cut."""
        size = self.whole_number("$pagesize", default or most)
        return max(1, self.whole_number("$page", 1)), max(1, min(size, most))


def objects(value: Any, name: str) -> list[dict[str, Any]]:
    """A member of a body that must be a list of objects; none at all is an empty one."""
    found = [] if value is None else value
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise standard(f"{name} must be a list of objects.", 10000)
    return found


def member(value: Any, name: str) -> dict[str, Any]:
    """A member of a body that must be an object; none at all is an empty one."""
    found = {} if value is None else value
    if not isinstance(found, dict):
        raise standard(f"{name} must be an object.", 10000)
    return found


def read(environ: "WSGIEnvironment") -> Call:
    raw_path, _, raw_query = environ["REQUEST_URI"].partition("?")
    segments = [unquote(part) for part in raw_path.split("/") if part]
    segments, prefix = _without_prefix(segments)
    return Call(
        method=environ["REQUEST_METHOD"],
        segments=segments,
        query=_query(raw_query),
        body=environ["wsgi.input"].read(),
        content_type=environ.get("CONTENT_TYPE", ""),
        base=f"http://{environ.get('HTTP_HOST', 'localhost')}{prefix}",
        authorization=environ.get("HTTP_AUTHORIZATION", ""),
        soap_action=environ.get("HTTP_SOAPACTION", "").strip('" '),
    )


def _without_prefix(segments: list[str]) -> tuple[list[str], str]:
    prefix = ""
    if segments and segments[0].lower() == "sfmc":
        prefix, segments = "/sfmc", segments[1:]
    if segments and segments[0].lower() in HOSTS:
        segments = segments[1:]
    return segments, prefix


def _query(raw: str) -> dict[str, str]:
    """A plus stays a plus: the real service does not read it as a space either."""
    pairs = (part.partition("=") for part in raw.replace("?", "&").split("&") if part)
    return {unquote(name).lower(): unquote(value) for name, _, value in pairs}
