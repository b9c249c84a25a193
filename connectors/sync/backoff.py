"""How long to wait before trying again: exponential, with full jitter, and never sooner than asked."""

import random
from datetime import timedelta

FIRST = 15.0
LONGEST = 3_600.0
_CHANCE = random.SystemRandom()


def delay(attempt: int, *, at_least: float | None = None) -> timedelta:
    """The wait after the attempt with this number (from 1).

    Any moment up to the ceiling is as likely as any other, so that many records which failed
    together do not come back together. `at_least` is what the remote asked for, in seconds.
    """
    ceiling = min(LONGEST, FIRST * 2 ** min(max(attempt, 1) - 1, 30))
    drawn = max(1.0, _CHANCE.uniform(0, ceiling))
    return timedelta(seconds=drawn if at_least is None else at_least + min(drawn, FIRST))
