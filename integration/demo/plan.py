"""Where the demo runs: ports, folders, and the environment its programs get."""

import os
from dataclasses import dataclass
from pathlib import Path

from integration.env import ROOT, VAR, env

SCENARIO = "trading_months"
MOST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Plan:
    """One demo on this machine. `scenario` is a built-in world or a .json file."""

    port: int
    sandbox_port: int
    scenario: str
    folder: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def sandbox_data(self) -> Path:
        return VAR / "sandbox" / Path(self.scenario).stem

    @property
    def payouts(self) -> Path:
        """Where the payout reports and bank statements of the world lie, to be looked at."""
        return self.folder / "payouts"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    def environment(self) -> dict[str, str]:
        """Like this one, with static files under names that browsers may keep."""
        return {
            **os.environ,
            "HASHED_STATIC": "true",
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore",
        }


class NoPort(ValueError):
    """A port that is none; the text says which setting."""


def from_environment() -> Plan:
    """Raises NoPort."""
    return Plan(
        port=_port("PORT", 8000),
        sandbox_port=_port("SANDBOX_PORT", 8800),
        scenario=env.str("DEMO_SCENARIO", default=SCENARIO),
        folder=VAR / "demo",
    )


def _port(name: str, default: int) -> int:
    said = env.str(name, default=str(default)).strip()
    if not (said.isascii() and said.isdecimal() and 0 < int(said) <= MOST_PORT):
        raise NoPort(f"{name} is “{said}”; it must be a number from 1 to {MOST_PORT}.")
    return int(said)


def python_in(root: Path = ROOT) -> list[str]:
    return ["-W", "ignore", str(root / "manage.py")]
