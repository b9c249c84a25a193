"""Whether the ports are free, said before anything is started."""

import errno
import socket
from collections.abc import Mapping


def taken(ports: Mapping[str, int]) -> list[str]:
    """A sentence for each port that cannot be used. `ports` maps the setting to its number."""
    return [sentence for name, port in ports.items() if (sentence := _fault(name, port))]


def _fault(name: str, port: int) -> str:
    if not 0 < port < 65_536:
        return f"{name}={port} is not a port: choose one from 1024 to 65535."
    with socket.socket() as probe:
        # As the servers do: a port that a finished program has just left is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return _in_words(name, port, error)
    return ""


def _in_words(name: str, port: int, error: OSError) -> str:
    example = f"for example {name}={port + 10 if port < 65_000 else 9000} make demo"
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is in use by another program: stop it, or choose another port, {example}."
        )
    return f"Port {port} cannot be used ({error.strerror}): choose another, {example}."
