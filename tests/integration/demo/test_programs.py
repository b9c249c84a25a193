"""The demo's programs: started in groups of their own, and every one of them stopped."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from integration.demo import ports
from integration.demo.processes import ProgramFailed, Programs
from integration.env import ROOT

SLEEPER = "import time; print('up', flush=True); time.sleep(60)"
PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    return Programs(tmp_path / "logs", dict(os.environ))


def _eventually(happens: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if happens():
            return True
        time.sleep(0.02)
    return False


def _gone(process: int) -> bool:
    return not psutil.pid_exists(process) or (
        psutil.Process(process).status() == psutil.STATUS_ZOMBIE
    )


def test_stopping_ends_every_program_and_what_it_started(programs: Programs) -> None:
    # given
    plain = programs.start("plain", ["-c", SLEEPER])
    parent = programs.start("parent", ["-c", PARENT])
    assert _eventually(lambda: parent.log.read_text().strip().isdigit())
    child = int(parent.log.read_text())

    # when
    programs.stop()

    # then
    assert _gone(plain.process.pid)
    assert _gone(parent.process.pid)
    assert _eventually(lambda: _gone(child))
    assert programs.started == []


def test_a_program_that_ends_by_itself_is_named_with_its_last_words(programs: Programs) -> None:
    # given
    program = programs.start("web server", ["-c", "raise SystemExit('no more room')"])
    program.process.wait()

    # when
    with pytest.raises(ProgramFailed) as failed:
        programs.check()

    # then
    said = str(failed.value)
    assert said.startswith("The web server stopped (code 1).\nno more room\n")
    assert said.endswith("web-server.log")
    programs.stop()


def test_a_step_that_fails_tells_what_it_said(programs: Programs) -> None:
    with pytest.raises(ProgramFailed, match=r"Migration failed \(code 3\)"):
        programs.run("migration", ["-c", "raise SystemExit(3)"])


def test_secrets_that_a_step_printed_are_not_left_in_a_log(programs: Programs) -> None:
    assert programs.run("people", ["-c", "print('secret')"], keep_log=False) == "secret\n"
    assert list(programs.folder.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a death")
def test_programs_follow_when_the_demo_itself_is_killed(tmp_path: Path) -> None:
    # given
    source = (
        "import os, pathlib, sys, time\n"
        "from integration.demo.processes import Programs\n"
        f"programs = Programs(pathlib.Path({str(tmp_path)!r}), dict(os.environ))\n"
        f"print(programs.start('one', ['-c', {SLEEPER!r}]).process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    demo = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, cwd=ROOT)
    assert demo.stdout is not None
    child = int(demo.stdout.readline())

    # when
    demo.send_signal(signal.SIGKILL)
    demo.wait()
    demo.stdout.close()

    # then
    assert _eventually(lambda: _gone(child))


def test_a_port_in_use_is_named_with_its_setting() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        # when
        faults = ports.taken({"PORT": port})

    # then
    assert len(faults) == 1
    assert faults[0].startswith(f"Port {port} is in use by another program: stop it, or choose")
    assert "PORT=" in faults[0]
    assert ports.taken({"PORT": port}) == []


def test_a_number_that_is_no_port_is_refused() -> None:
    assert ports.taken({"SANDBOX_PORT": 70_000}) == [
        "SANDBOX_PORT=70000 is not a port: choose one from 1024 to 65535."
    ]
