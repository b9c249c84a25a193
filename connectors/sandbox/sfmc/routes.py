"""Finds the answer to a path: literal parts without regard to case, `{names}` as they came."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from werkzeug.wrappers import Response

from connectors.sandbox.sfmc.call import Call
from connectors.sandbox.sfmc.cloud import Cloud
from connectors.sandbox.sfmc.errors import not_found

Answer = Callable[[Cloud, Call], Response]


@dataclass(frozen=True, slots=True)
class Route:
    """Without a scope any valid token will do."""

    method: str
    path: str
    scope: str | None
    answer: Answer


class Routes:
    def __init__(self, routes: Iterable[Route]) -> None:
        self._by_size: dict[tuple[str, int, str], list[tuple[list[str], Route]]] = {}
        for route in routes:
            parts = route.path.split("/")
            place = (route.method, len(parts), parts[0])
            self._by_size.setdefault(place, []).append((parts, route))

    def find(self, call: Call) -> Route:
        """The route, with the path's names put into the call."""
        if call.segments:
            place = (call.method, len(call.segments), call.segments[0].lower())
            for parts, route in self._by_size.get(place, ()):
                names = _match(parts, call.segments)
                if names is not None:
                    call.names = names
                    return route
        raise not_found()


def _match(parts: list[str], segments: list[str]) -> dict[str, str] | None:
    names = {}
    for part, segment in zip(parts, segments, strict=True):
        if part.startswith("{"):
            names[part.strip("{}")] = segment
        elif part.startswith("key:"):
            if not segment.lower().startswith("key:"):
                return None
            names["key"] = segment[4:]
        elif part != segment.lower():
            return None
    return names
