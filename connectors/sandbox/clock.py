"""The sandbox's clock: the machine's time, plus what a test has moved it forward."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Time as both systems see it. Only ever moves forward."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def advance(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("The clock only moves forward.")
        self._ahead += timedelta(seconds=seconds)
