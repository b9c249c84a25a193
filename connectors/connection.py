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

    def _new_conn(self) -> socket.socket:
        return _arrived(super()._new_conn(), self.host, self.addresses)


class GuardedHTTPSConnection(HTTPSConnection):
    def __init__(self, *args: Any, addresses: AddressPolicy, **options: Any) -> None:
        super().__init__(*args, **options)
        self.addresses = addresses

    def _new_conn(self) -> socket.socket:
        return _arrived(super()._new_conn(), self.host, self.addresses)


def error_from(error: Exception, system: str, timeout: tuple[float, float]) -> RemoteError:
    """What an exception of the connection means for the request that was on it."""
    match error:
        case ConnectTimeoutError() | NewConnectionError():
            return Unreachable(f"{system} cannot be reached.")
        case ReadTimeoutError() | TimeoutError():
            return TimedOut(f"{system} did not answer within {timeout[1]:g} seconds.")
        case SSLError() | ssl.SSLError() if not _is_cut(error):
            return MisconfiguredError(
                f"The secure connection to {system} cannot be trusted: {_distrust(error)}"
            )
    return ConnectionLost(f"{system} broke the connection off before it had answered.")


def _arrived(made: socket.socket, host: str, addresses: AddressPolicy) -> socket.socket:
    """The socket, when it leads where it may; not a byte has been sent on it yet."""
    try:
        addresses.check_peer(host, str(made.getpeername()[0]))
    except MisconfiguredError:
        made.close()
        raise
    return made


def _distrust(error: BaseException) -> str:
    """Why, for whoever mends the connection: a sentence with its full stop."""
    reason = error.args[0] if error.args and isinstance(error.args[0], ssl.SSLError) else error
    if not isinstance(reason, ssl.SSLCertVerificationError):
        return "what answers there does not speak TLS as it should. Look at the port."
    said = reason.verify_message
    for word, meaning in _DISTRUST.items():
        if word in said:
            return meaning
    return f"its certificate is refused ({said})."


_DISTRUST = {
    "expired": "its certificate has expired.",
    "not yet valid": "its certificate is not valid yet. Look at the clock of this machine, too.",
    "mismatch": "its certificate is for another host.",
    "self-signed": "nobody this machine trusts has issued its certificate.",
    "unable to get": "nobody this machine trusts has issued its certificate.",
}


def _is_cut(error: BaseException) -> bool:
    """Whether a secure connection ended too early, rather than being no good."""
    reason = error.args[0] if error.args else None
    cut = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)
    return isinstance(error, cut) or isinstance(reason, cut)
