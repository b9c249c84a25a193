"""What the demo shows while it starts: every step, how long it took, and what to do next."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

Say = Callable[[str], None]

console = Console(highlight=False)


@contextmanager
def step(doing: str) -> Iterator[Say]:
    """A running clock beside the step, then its time. The block may say how far it is."""
    begun = time.monotonic()
    if not console.is_terminal:
        console.print(f"… {doing}")
    with console.status(doing) as status:
        yield lambda how_far: status.update(f"{doing}: {how_far}")
    console.print(f"[green]✓[/green] {doing} [dim]({time.monotonic() - begun:.1f} s)[/dim]")


def say(text: str) -> None:
    console.print(text, soft_wrap=True)


def fault(text: str) -> None:
    """What went wrong, without a traceback."""
    Console(stderr=True, highlight=False).print(text, style="red", markup=False, soft_wrap=True)
