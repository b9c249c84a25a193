"""Waits until a server answers."""

import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException

from integration.demo.processes import Program, ProgramFailed, tail
from integration.demo.screen import Say

PAUSE = 0.2


def until_it_answers(program: Program, port: int, path: str, seconds: float, say: Say) -> None:
    """Raises ProgramFailed when the program ends, or does not answer 200 in time."""
    for waited in _patience(program, seconds):
        if _status(port, path) == 200:
            return
        say(f"{waited:.0f} s")


def _patience(program: Program, seconds: float) -> Iterator[float]:
    begun = time.monotonic()
    while (waited := time.monotonic() - begun) < seconds:
        program.check()
        yield waited
        time.sleep(PAUSE)
    raise ProgramFailed(
        f"The {program.name} did not answer within {seconds:.0f} seconds.\n{tail(program.log)}"
    )


def _status(port: int, path: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()
