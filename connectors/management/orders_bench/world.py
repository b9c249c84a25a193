"""The world that is measured in: as many right orders as wanted, written where sandboxes read it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors.management.measuring.report import Tell
from connectors.sandbox.scenarios import bulk


def write(given: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Given `orders` and a `folder`, gives the files `scenario` and `keys` (one key a line)."""
    folder = Path(given["folder"])
    folder.mkdir(parents=True, exist_ok=True)
    tell("inventing the orders")
    world = bulk.build(orders=given["orders"])
    scenario, keys = folder / "scenario.json", folder / "keys.txt"
    tell("writing them down")
    scenario.write_text(json.dumps(world))
    headers = world["sfmc"]["data_extensions"][0]["rows"]
    keys.write_text("".join(f"{header['OrderKey']}\n" for header in headers))
    package = world["sfmc"]["packages"][0]
    return {
        "scenario": str(scenario),
        "keys": str(keys),
        "client_id": package["client_id"],
        "client_secret": package["client_secret"],
        "account_id": str(package["mid"]),
    }
