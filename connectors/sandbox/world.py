"""Builds the systems of a scenario over their files."""

import shutil
from pathlib import Path

from connectors.sandbox.app import App
from connectors.sandbox.clock import Clock
from connectors.sandbox.faults import Faults
from connectors.sandbox.front import Front
from connectors.sandbox.prima.app import PrimaApp
from connectors.sandbox.scenario import Scenario
from connectors.sandbox.sfmc.app import SfmcApp
from connectors.sandbox.store import Store


def build(scenario: Scenario, data: Path | None, *, fresh: bool = False) -> Front:
    """The front door to the scenario's systems. Without `data`, nothing is kept."""
    if fresh and data and data.exists():
        shutil.rmtree(data)
    faults, clock = Faults(), Clock()
    # Who may sign in at Marketing Cloud may at Prima, unless the scenario says otherwise.
    prima = {"clients": scenario["sfmc"].get("packages", []), **scenario["prima"]}
    apps: dict[str, App] = {
        "sfmc": SfmcApp(scenario["sfmc"], _store(data, "sfmc"), faults, clock),
        "prima": PrimaApp(prima, _store(data, "prima"), faults, clock),
    }
    return Front(apps, faults, clock)


def _store(data: Path | None, name: str) -> Store:
    return Store(data / f"{name}.sqlite3" if data else None)
