"""Faults that a person or a test switches on, and the switchboard both systems ask before they answer."""

import random
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

# Faults of the wire: any system, any call. `when` (before or after the effect) applies to the last three.
WIRE_KINDS = frozenset(
    {
        "throttle",
        "throttle_silent",
        "slow",
        "timeout_before",
        "timeout_after",
        "expired_token",
        "wrong_shape",
        "server_error",
        "reset",
    }
)
OWN_FIELDS = frozenset({"kind", "path", "method", "times", "probability", "after"})


class FaultRefused(ValueError):
    """The fault asked for makes no sense; the text says why."""


@dataclass(slots=True)
class Fault:
    """One fault: where it strikes, how often, and its own options (seconds, status, when, body …)."""

    number: int
    kind: str
    path: str | None = None
    method: str | None = None
    times: int | None = 1
    probability: float = 1.0
    after: int = 0
    options: dict[str, Any] = field(default_factory=dict)
    struck: int = 0
    pattern: re.Pattern[str] | None = None

    def fits(self, method: str, path: str) -> bool:
        if self.method and self.method != method:
            return False
        return self.pattern is None or self.pattern.search(path) is not None

    def seconds(self, default: float = 30.0) -> float:
        return float(self.options.get("seconds", default))

    def number_of(self, name: str, default: int) -> int:
        return int(self.options.get(name, default))

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "kind": self.kind,
            "path": self.path,
            "method": self.method,
            "times": self.times,
            "probability": self.probability,
            "after": self.after,
            "struck": self.struck,
            **self.options,
        }


class Faults:
    """The switchboard. `take` hands out a due fault and counts it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._kinds = set(WIRE_KINDS)
        self._numbers = 0
        self._chance = random.Random(1)

    def allow(self, kinds: Iterable[str]) -> None:
        """Kinds that one system knows beside those of the wire."""
        self._kinds.update(kinds)

    @property
    def idle(self) -> bool:
        return not self._faults

    def add(self, wanted: Mapping[str, Any]) -> Fault:
        with self._lock:
            self._numbers += 1
            fault = _fault(self._numbers, wanted, self._kinds)
            self._faults.append(fault)
            return fault

    def clear(self, number: int | None = None) -> None:
        with self._lock:
            self._faults = [f for f in self._faults if number is not None and f.number != number]

    def listed(self) -> list[dict[str, Any]]:
        with self._lock:
            return [fault.as_json() for fault in self._faults]

    def take(self, kinds: str | frozenset[str], method: str = "", path: str = "") -> Fault | None:
        """The first fault of these kinds that is due for this call, or None. Spent ones are dropped."""
        if not self._faults:
            return None
        wanted = frozenset({kinds}) if isinstance(kinds, str) else kinds
        with self._lock:
            for fault in self._faults:
                if fault.kind in wanted and fault.fits(method, path) and self._due(fault):
                    return fault
        return None

    def _due(self, fault: Fault) -> bool:
        if fault.after > 0:
            fault.after -= 1
            return False
        if fault.probability < 1 and self._chance.random() >= fault.probability:
            return False
        fault.struck += 1
        if fault.times is not None and fault.struck >= fault.times:
            self._faults = [other for other in self._faults if other is not fault]
        return True


def _fault(number: int, wanted: Mapping[str, Any], kinds: set[str]) -> Fault:
    kind = wanted.get("kind")
    if kind not in kinds:
        raise FaultRefused(f"Unknown kind {kind!r}. Known: {', '.join(sorted(kinds))}.")
    path = wanted.get("path") or None
    try:
        pattern = re.compile(str(path), re.IGNORECASE) if path else None
    except re.error as problem:
        raise FaultRefused(f"The path is not a regular expression: {problem}.") from problem
    times = wanted.get("times", 1)
    if times is not None and (not isinstance(times, int) or times < 1):
        raise FaultRefused("times is a whole number from 1, or null for until cleared.")
    try:
        return Fault(
            number=number,
            kind=str(kind),
            path=path,
            method=str(wanted["method"]).upper() if wanted.get("method") else None,
            times=times,
            probability=float(wanted.get("probability") or 1),
            after=int(wanted.get("after") or 0),
            options={name: value for name, value in wanted.items() if name not in OWN_FIELDS},
            pattern=pattern,
        )
    except (TypeError, ValueError) as problem:
        raise FaultRefused(f"A number is expected: {problem}.") from problem
