"""Connections that look where they arrived before anything is sent, and what breaks on them."""

import socket
import ssl
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)

from connectors.addresses import AddressPolicy
from connectors.errors import (
    ConnectionLost,
    MisconfiguredError,
    RemoteError,
    TimedOut,
    Unreachable,
)


class GuardedHTTPConnection(HTTPConnection):
    def __init__(self, *args: Any, addresses: AddressPolicy, **options: Any) -> None:
        super().__init__(*args, **options)
        self.addresses = addresses

    def connect(self) -> None:
        super().connect()
        _check_peer(self, self.addresses)


class GuardedHTTPSConnection(HTTPSConnection):
    def __init__(self, *args: Any, addresses: AddressPolicy, **options: Any) -> None:
        super().__init__(*args, **options)
        self.addresses = addresses

    def connect(self) -> None:
        super().connect()
        _check_peer(self, self.addresses)


def error_from(error: Exception, system: str, timeout: tuple[float, float]) -> RemoteError:
    """What an exception of the connection means for the request that was on it."""
    match error:
        case ConnectTimeoutError() | NewConnectionError():
            return Unreachable(f"{system} cannot be reached.")
        case ReadTimeoutError() | TimeoutError():
            return TimedOut(f"{system} did not answer within {timeout[1]:g} seconds.")
        case SSLError() | ssl.SSLError():
            return MisconfiguredError(f"The secure connection to {system} cannot be trusted.")
    return ConnectionLost(f"{system} broke the connection off before it had answered.")


def _check_peer(connection: HTTPConnection, addresses: AddressPolicy) -> None:
    held: socket.socket = connection.sock
    try:
        addresses.check_peer(connection.host, str(held.getpeername()[0]))
    except MisconfiguredError:
        connection.close()
        raise
