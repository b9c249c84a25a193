"""What the server asks of a system it serves: answer calls, and say how its own errors look."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class FaultShapes(Protocol):
    """The system's own face of each fault. None means: this call cannot have that fault."""

    def throttled(
        self, environ: "WSGIEnvironment", *, retry_after: int | None
    ) -> Response | None: ...

    def server_error(self, environ: "WSGIEnvironment", *, status: int) -> Response | None: ...

    def expired_token(self, environ: "WSGIEnvironment") -> Response | None: ...

    def wrong_shape(self, environ: "WSGIEnvironment") -> Response | None: ...


class App(Protocol):
    """One system. `fault_kinds` are the faults it knows beside those of the wire."""

    @property
    def title(self) -> str: ...

    @property
    def page(self) -> str:
        """The path of its training page."""

    @property
    def fault_kinds(self) -> frozenset[str]: ...

    @property
    def shapes(self) -> FaultShapes: ...

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]: ...

    def reload(self) -> None:
        """Forget everything and load the scenario again."""

    def close(self) -> None: ...
