"""Two programs that work by turns, so that a machine that is busy meanwhile slows both alike."""

import os
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import BinaryIO

_GO, _DONE = "go", "done"


class Leader:
    """Has a turn whenever it does not give one. Waits for the other program to be there."""

    def __init__(self, folder: Path) -> None:
        self._go: BinaryIO = (folder / _GO).open("wb", buffering=0)
        self._done: BinaryIO = (folder / _DONE).open("rb", buffering=0)

    def give(self) -> None:
        """Lets the other have its turn, and waits for its end."""
        self._go.write(b".")
        self._done.read(1)

    def close(self) -> None:
        self._go.close()
        self._done.close()


class Stopwatch:
    """Runs only while it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._begun = 0.0

    def start(self) -> None:
        self._begun = perf_counter()

    def stop(self) -> None:
        self.seconds += perf_counter() - self._begun


def make(folder: Path) -> None:
    """The two pipes the programs meet at."""
    folder.mkdir()
    for name in (_GO, _DONE):
        os.mkfifo(folder / name)


def taken(folder: Path) -> Iterator[None]:
    """The turns the leader gives; each ends with the next step of the loop."""
    with (folder / _GO).open("rb", buffering=0) as go, (folder / _DONE).open("wb", 0) as done:
        while go.read(1):
            yield
            done.write(b".")
