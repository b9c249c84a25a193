"""Keeps callers to the calls per second that the capabilities state."""

import threading
from time import monotonic

from connectors.sandbox.prima.installation import Company
from connectors.sandbox.prima.problem import Refused


class Pace:
    """A bucket for each company that fills with time; a second's worth may come at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: dict[str, tuple[float, float]] = {}

    def keep(self, company: Company) -> None:
        """Refused (429) when the company is called too fast."""
        rate = float(company.capabilities.document["limits"]["calls_per_second"] or 0)
        if not rate:
            return
        with self._lock:
            left, at = self._left.get(company.name, (rate, monotonic()))
            now = monotonic()
            left = min(rate, left + (now - at) * rate)
            self._left[company.name] = (max(left - 1, 0) if left >= 1 else left, now)
        if left < 1:
            raise Refused(429, "rate-limited", "Too many calls", headers={"Retry-After": "1"})
