"""Serves the systems on one loopback port: threaded, keep-alive, quiet, stopped within a moment."""

import socket
import threading
from collections.abc import Iterable
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from connectors.sandbox.connection import Unanswered
from connectors.sandbox.front import Front

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BACKLOG = 1024
BUFFER = 64 * 1024


class PortInUse(Exception):
    """Another program already listens there."""


class Handler(WSGIRequestHandler):
    """HTTP/1.1 with connections kept open: every body is read to its end, every answer has its length."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = BUFFER
    server: "Server"

    def run_wsgi(self) -> None:
        environ = self.make_environ()
        length = int(environ.get("CONTENT_LENGTH") or 0)
        chunked = environ.get("wsgi.input_terminated")
        body = environ["wsgi.input"].read() if chunked else self.rfile.read(length)
        environ["wsgi.input"] = BytesIO(body)
        environ["wsgi.input_terminated"] = True
        try:
            self._answer(environ)
        except Unanswered:
            self.close_connection = True

    def _answer(self, environ: "WSGIEnvironment") -> None:
        begun: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
            begun[:] = [status, headers]

        answer: StartResponse = start_response
        chunks = self.server.app(environ, answer)
        try:
            body = b"".join(chunks)
        finally:
            getattr(chunks, "close", lambda: None)()
        status, headers = begun
        self._write(status, headers, b"" if self.command == "HEAD" else body)

    def _write(self, status: str, headers: Iterable[tuple[str, str]], body: bytes) -> None:
        lines = [f"HTTP/1.1 {status}"]
        lines += [f"{name}: {value}" for name, value in headers if name != "Content-Length"]
        if not status.startswith(("1", "204", "304")):
            lines.append(f"Content-Length: {len(body)}")
        if self.close_connection:
            lines.append("Connection: close")
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        self.wfile.flush()

    def handle_expect_100(self) -> bool:
        self.wfile.write(f"HTTP/1.1 {HTTPStatus.CONTINUE.value} Continue\r\n\r\n".encode())
        self.wfile.flush()
        return True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Calls are counted, not logged."""

    def log_error(self, format: str, *args: Any) -> None:  # noqa: A002
        """A client that goes away is no news."""


class Server(ThreadedWSGIServer):
    """The listening socket and its open connections."""

    request_queue_size = BACKLOG
    daemon_threads = True

    def __init__(self, front: Front, listener: socket.socket) -> None:
        self.front = front
        self._open: set[socket.socket] = set()
        self._watch = threading.Lock()
        host, port = listener.getsockname()
        with listener:
            super().__init__(host, port, front, handler=Handler, fd=listener.fileno())
        self.port = int(self.server_address[1])

    @property
    def url(self) -> str:
        return f"http://{self.server_address[0]!s}:{self.port}"

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        with self._watch:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        with self._watch:
            self._open.discard(request)
        super().shutdown_request(request)

    def stop(self) -> None:
        """Stop taking calls, end the waiting ones, close every open connection."""
        self.front.stopping.set()
        self.shutdown()
        with self._watch:
            still_open = list(self._open)
        for connection in still_open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # gone already


def listen(host: str, port: int) -> socket.socket:
    """The listening socket; port 0 takes a free one."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as problem:
        listener.close()
        reason = getattr(problem, "strerror", None) or "ports go from 0 to 65535"
        raise PortInUse(f"Port {port} on {host} cannot be used: {reason}.") from problem
    listener.listen(BACKLOG)
    return listener
