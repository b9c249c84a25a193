"""How often each address was called since the last reset."""

import threading
from typing import Any

MOST_ADDRESSES = 20_000


class Calls:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, int] = {}
        self._total = 0

    def count(self, method: str, path: str) -> None:
        address = f"{method} {path}"
        with self._lock:
            self._total += 1
            if address not in self._counts and len(self._counts) >= MOST_ADDRESSES:
                address = "(other addresses)"
            self._counts[address] = self._counts.get(address, 0) + 1

    def reset(self) -> None:
        with self._lock:
            self._counts.clear()
            self._total = 0

    def as_json(self) -> dict[str, Any]:
        with self._lock:
            return {"total": self._total, "calls": dict(self._counts)}
