"""How much memory a part of a bench took."""

import resource
import sys

_BYTES = 1 if sys.platform == "darwin" else 1024
"""What the system counts in."""


def peak_mb() -> float:
    """The most memory this process held, in millions of bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _BYTES / 1e6
