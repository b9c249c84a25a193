"""Ending a connection without an answer: quietly, or with a reset."""

import os
import socket
import struct
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class Unanswered(ConnectionError):
    """The connection was given up on purpose."""


def hang_up(environ: "WSGIEnvironment") -> NoReturn:
    """Close as a server does that died in the middle: no answer, an orderly end of stream."""
    connection: socket.socket = environ["werkzeug.socket"]
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError as gone:
        raise Unanswered from gone
    raise Unanswered


def reset(environ: "WSGIEnvironment") -> NoReturn:
    """Close with RST: what is under way is lost on both sides."""
    connection: socket.socket = environ["werkzeug.socket"]
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # Closing the descriptor itself: the file objects of the request would keep a plain close() open.
    os.close(connection.detach())
    raise Unanswered
