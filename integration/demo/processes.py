"""The programs of the demo: each in a process group of its own, and all of them stopped at the end."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

GRACE_SECONDS = 20.0
_PR_SET_PDEATHSIG = 1


class ProgramFailed(Exception):
    """A program of the demo ended when it should not have; the text says which and what it said."""


@dataclass(slots=True)
class Program:
    name: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def check(self) -> None:
        """Raises ProgramFailed when it is gone."""
        if (code := self.process.poll()) is not None:
            raise ProgramFailed(f"The {self.name} stopped (code {code}).\n{tail(self.log)}")


@dataclass(slots=True)
class Programs:
    """Starts programs and stops exactly those, the last one first."""

    folder: Path
    environment: Mapping[str, str]
    started: list[Program] = field(default_factory=list)

    def start(self, name: str, command: Sequence[str]) -> Program:
        """Runs on beside us, writing to its own log."""
        log = self._log(name)
        with log.open("wb") as output:
            process = _start(command, self.environment, output.fileno())
        program = Program(name, process, log)
        self.started.append(program)
        return program

    def run(self, name: str, command: Sequence[str], *, keep_log: bool = True) -> str:
        """Waits for its end and returns what it printed. Raises ProgramFailed when it fails."""
        program = self.start(name, command)
        code = program.process.wait()
        self.started.remove(program)
        if code:
            raise ProgramFailed(f"{name.capitalize()} failed (code {code}).\n{tail(program.log)}")
        said = program.log.read_text(errors="replace")
        if not keep_log:
            program.log.unlink()
        return said

    def show(self, name: str, command: Sequence[str]) -> None:
        """Waits for its end while it prints to our own screen."""
        process = _start(command, self.environment, None)
        program = Program(name, process, self._log(name))
        self.started.append(program)
        code = process.wait()
        self.started.remove(program)
        if code:
            raise ProgramFailed(
                f"{name.capitalize()} failed (code {code}); see what it printed above."
            )

    def check(self) -> None:
        for program in self.started:
            program.check()

    def stop(self) -> None:
        """Asks each to finish, waits, and ends what is left of its group."""
        for program in reversed(self.started):
            if program.process.poll() is None:
                program.process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for program in reversed(self.started):
            with suppress(subprocess.TimeoutExpired):  # Ended below, with its whole group.
                program.process.wait(max(deadline - time.monotonic(), 0.1))
            _end_group(program.process.pid)
            program.process.wait()
        self.started.clear()

    def _log(self, name: str) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / f"{name.replace(' ', '-')}.log"


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, with its name."""
    said = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return "\n".join([*said[-lines:], f"The whole log: {log}"])


def follow_parent() -> None:
    """Linux: be told to stop when the program that started this one dies, however it dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _start(
    command: Sequence[str], environment: Mapping[str, str], output: int | None
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 - our own commands
        [sys.executable, *command],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        start_new_session=True,  # The terminal's Ctrl-C reaches us alone, and we stop the rest.
        preexec_fn=follow_parent,
    )


def _end_group(group: int) -> None:
    with suppress(ProcessLookupError):  # Mostly, all of it is gone already.
        os.killpg(group, signal.SIGKILL)
