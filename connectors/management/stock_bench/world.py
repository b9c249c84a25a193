"""The world that is measured in: a Marketing Cloud with an empty table of products."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors.management.measuring.report import Tell
from connectors.sandbox.scenarios import bulk

ORDERS = 10
"""Nobody looks at them; a world has some."""


def write(given: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Given a `folder`, gives the file `scenario`."""
    tell("writing it down")
    folder = Path(given["folder"])
    folder.mkdir(parents=True, exist_ok=True)
    scenario = folder / "scenario.json"
    scenario.write_text(json.dumps(bulk.build(orders=ORDERS)))
    return {"scenario": str(scenario)}
