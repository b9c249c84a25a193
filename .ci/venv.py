"""Makes .venv from requirements.lock: `python3 .ci/venv.py`. Needs nothing but Python 3.11 or newer."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
DONE = VENV / "installed.sha256"
LOG = VENV / "install.log"


def main() -> int:
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if DONE.exists() and DONE.read_text() == wanted and (VENV / "bin" / "python").exists():
        return 0
    try:
        _make()
        _install()
    except subprocess.CalledProcessError as failed:
        return _explain(failed)
    DONE.write_text(wanted)
    return 0


def _make() -> None:
    if not (VENV / "bin" / "python").exists():
        _say(f"Making .venv with Python {sys.version.split()[0]}\n")
        shutil.rmtree(VENV, ignore_errors=True)
        made = [sys.executable, "-m", "venv", str(VENV)]
        subprocess.run(made, check=True, capture_output=True, text=True)  # noqa: S603


def _install() -> None:
    """Installs exactly what the lock names, hash by hash, and shows how far it is.

    The lock is complete. Left to resolve by itself, pip asks for the newest `coverage[toml]` on the day
    that one comes out, and refuses it because it has no hash.
    """
    total = len(re.findall(r"^[a-zA-Z0-9]", LOCK.read_text(), re.MULTILINE))
    command = [
        str(VENV / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--require-hashes",
        "--no-deps",
        "-r",
    ]
    command += [str(LOCK), "--progress-bar", "off", "--disable-pip-version-check", "--no-input"]
    begun, seen = time.monotonic(), 0
    with (
        LOG.open("w") as log,
        subprocess.Popen(  # noqa: S603
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PIP_ROOT_USER_ACTION": "ignore"},
        ) as pip,
    ):
        for line in pip.stdout or []:
            log.write(line)
            if found := re.match(r"(?:Collecting|Requirement already satisfied:) ([\w.-]+)", line):
                seen += 1
                _show(f"Installing {min(seen, total)} of {total}: {found[1]}")
            elif line.startswith("Installing collected"):
                _show("Unpacking everything")
    if pip.returncode:
        raise subprocess.CalledProcessError(pip.returncode, command)
    _say(f"\rInstalled {total} packages in {time.monotonic() - begun:.0f} s{'':40}\n")


def _explain(failed: "subprocess.CalledProcessError") -> int:
    if "ensurepip" in f"{failed.stdout}{failed.stderr}":
        shutil.rmtree(VENV, ignore_errors=True)
        _say("Python cannot make virtual environments here. Debian: apt install python3-venv\n")
        return 1
    said = LOG.read_text().splitlines() if LOG.exists() else str(failed.stderr).splitlines()
    _say("\nThe packages could not be installed:\n" + "\n".join(said[-10:]) + f"\nLog: {LOG}\n")
    return 1


def _show(text: str) -> None:
    """One line that changes on a terminal; nothing elsewhere, so that logs stay short."""
    if sys.stderr.isatty():
        _say(f"\r{text:<70}"[:79])


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
