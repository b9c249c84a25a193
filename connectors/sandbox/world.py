"""Builds the systems of a scenario over their files."""

import shutil
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from connectors.sandbox.app import App
from connectors.sandbox.clock import Clock
from connectors.sandbox.faults import Faults
from connectors.sandbox.front import Front
from connectors.sandbox.scenario import Scenario
from connectors.sandbox.store import Store

# System, module, class: each is called with (its part of the scenario, store, faults, clock).
SYSTEMS = (
    ("sfmc", "connectors.sandbox.sfmc.app", "SfmcApp"),
    ("prima", "connectors.sandbox.prima.app", "PrimaApp"),
)


def build(scenario: Scenario, data: Path | None, *, fresh: bool = False) -> Front:
    """The front door to the scenario's systems. Without `data`, nothing is kept."""
    if fresh and data and data.exists():
        shutil.rmtree(data)
    faults, clock = Faults(), Clock()
    apps: dict[str, App] = {}
    for name, module, maker in SYSTEMS:
        if find_spec(module.rpartition(".")[0]) is None or find_spec(module) is None:
            continue
        make: Callable[..., App] = getattr(import_module(module), maker)
        store = Store(data / f"{name}.sqlite3" if data else None)
        part: dict[str, Any] = dict(scenario.get(name, {}))  # type: ignore[call-overload]
        if name == "prima":
            # Who may sign in at Marketing Cloud may at Prima, unless the scenario says otherwise.
            part.setdefault("clients", scenario["sfmc"].get("packages", []))
        apps[name] = make(part, store, faults, clock)
    return Front(apps, faults, clock)
