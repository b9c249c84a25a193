"""What a flow is given for one run: its setting, the systems, when to stop, and where to count."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Protocol, TypeVar

from django.utils import timezone

from connectors.sync import spending
from connectors.sync.connections import Remotes
from connectors.sync.models import FlowSetting, SyncRun
from connectors.sync.recorder import ExchangeRecorder

Result = TypeVar("Result")
HEARTBEAT_SECONDS = 5.0
_BEATEN = ["heartbeat_at", "calls", "total", "seen", "sent", "unchanged", "held", "failed"]
SCHEDULE = "schedule"
"""Who started a run that nobody started."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a piece of work failed. `traceback` only when the desk itself is at fault."""

    error: Exception
    traceback: str = ""
    place: str = ""


class Attempt(Protocol):
    """The runner's way to try a piece of work, whatever may go wrong in it."""

    def __call__(self, work: Callable[[], Result]) -> Result | Failure: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is, in records. `total` is None while it is not known."""

    done: int
    total: int | None


Watch = Callable[[Progress], None]


def _nobody_watches(progress: Progress) -> None:
    """The default: a run in the background."""


@dataclass(slots=True)
class Context:
    """`owner` names this worker in leases. `only` narrows a run to these records.

    `total` is how many records there are, when that is known. A lane of its own is `never_quiet`.
    """

    run: SyncRun
    setting: FlowSetting
    remotes: Remotes
    recorder: ExchangeRecorder
    attempt: Attempt
    stopping: threading.Event
    owner: str
    ends_at: float
    only: Sequence[str] | None = None
    watch: Watch = _nobody_watches
    never_quiet: bool = False
    notes: list[str] = field(default_factory=list)
    total: int | None = None
    rests_because: str = ""
    _beaten_at: float = 0.0

    def is_over(self) -> bool:
        """The worker is asked to stop, the flow is to rest, or it has run for long enough."""
        is_late = monotonic() >= self.ends_at
        return self.stopping.is_set() or is_late or bool(self.rests_because)

    @property
    def is_by_hand(self) -> bool:
        """Somebody started it and wants all of it now."""
        return self.run.started_by != SCHEDULE

    def count(self, **more: int) -> None:
        """Adds to the run's counts (seen, sent, unchanged, held, failed)."""
        for name, number in more.items():
            setattr(self.run, name, getattr(self.run, name) + number)

    def note(self, sentence: str) -> None:
        """A sentence for the run's message, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def keep_failure(self, failure: Failure) -> None:
        """Keeps the first tracebacks of the run for those who mend the desk."""
        if failure.traceback and len(self.run.traceback) < 20_000:
            self.run.traceback += f"{failure.traceback}\n"

    def beat(self) -> None:
        """Shows how far the run is, and every few seconds, in its row, that it is alive.

        Then it is also looked whether the flow is to rest; `is_over` says so from then on.
        """
        self.watch(Progress(self.run.seen, self.total))
        if monotonic() - self._beaten_at < HEARTBEAT_SECONDS:
            return
        is_first, self._beaten_at = not self._beaten_at, monotonic()
        self.run.heartbeat_at = timezone.now()
        self.run.calls, self.run.total = self.recorder.calls, self.total
        self.run.save(update_fields=_BEATEN)
        if not is_first:  # A short run says at its end, once, what it spent.
            spending.add(self.run.flow, self.recorder.take_spent())
        self._look_whether_to_rest()

    def _look_whether_to_rest(self) -> None:
        """Somebody may have paused the flow, or its quiet hours have begun."""
        now = FlowSetting.objects.filter(flow=self.setting.flow).first()
        if now is not None:
            by_hand = self.is_by_hand or self.never_quiet
            self.rests_because = why_not_now(now, by_hand=by_hand)


def why_not_now(setting: FlowSetting, *, by_hand: bool) -> str:
    """Why the flow shall not run just now, as a sentence; empty when it may."""
    if not setting.enabled:
        return "Switched off in admin."
    if setting.paused_at is not None:
        return f"Paused by {setting.paused_by}; it goes on where it stopped."
    if not by_hand and setting.is_quiet(timezone.localtime().time()):
        return f"Quiet hours until {setting.quiet_until:%H:%M}; it goes on then."
    return ""


STALE_AFTER = timedelta(minutes=5)
"""A run without a heartbeat for so long has lost its worker."""
