"""What a part says to the process that started it: how far it is and, last, its result."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Tell = Callable[[str], None]
"""Says how far it is, in a few words."""
EVERY_SECONDS = 0.5


class Report:
    """A file with one JSON object, always whole, which the other process looks at now and then."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._told_at = 0.0
        self._guard = threading.Lock()

    def tell(self, how_far: str) -> None:
        """Written twice a second at most, so that telling costs nothing. For all threads."""
        if time.monotonic() - self._told_at < EVERY_SECONDS:
            return
        with self._guard:
            self._told_at = time.monotonic()
            self._write({"how_far": how_far})

    def give(self, result: Mapping[str, Any]) -> None:
        self._write({"result": dict(result)})

    def how_far(self) -> str:
        """The latest word; empty when there is none."""
        return str(self._read().get("how_far", ""))

    def result(self) -> dict[str, Any]:
        """Raises KeyError when the part ended without one."""
        result: dict[str, Any] = self._read()["result"]
        return result

    def _write(self, content: Mapping[str, Any]) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(content))
        fresh.replace(self._path)

    def _read(self) -> dict[str, Any]:
        if not self._path.exists():
            return {}
        content: dict[str, Any] = json.loads(self._path.read_text())
        return content
