"""Finds who answers an address, or refuses in words."""

from collections.abc import Iterable, Mapping

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule

from connectors.sandbox.prima.call import Answerer, Route
from connectors.sandbox.prima.problem import Refused, not_found


class Router:
    def __init__(self, routes: Iterable[Route]) -> None:
        rules = [Rule(each.path, methods=[each.method], endpoint=each.answer) for each in routes]
        self._paths = Map(rules, strict_slashes=False, merge_slashes=False).bind("prima")

    def find(self, method: str, path: str) -> tuple[Answerer, Mapping[str, str]]:
        try:
            return self._paths.match(path, method=method)
        except MethodNotAllowed as other:
            allowed = ", ".join(sorted(other.valid_methods or ()))
            raise Refused(
                405, "method-not-allowed", "This is not done here", headers={"Allow": allowed}
            ) from other
        except NotFound as nothing:
            raise not_found("Nothing has this address.") from nothing
