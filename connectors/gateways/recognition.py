"""Tells which format a file is in."""

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from connectors.gateways import strangers
from connectors.gateways.gateway import Format, Recognition, formats
from connectors.gateways.head import Head
from connectors.gateways.problems import Code, FileProblem


def recognise_file(source: Path | BinaryIO, name: str = "", extra: Iterable[Format] = ()) -> Format:
    """The format that knows the file best. `extra` are mapped formats set up by people.

    Raises FileProblem: none knows it, or several know it equally well. The stream is left at its
    start.
    """
    return recognised(source, name, extra)[0]


def recognised(
    source: Path | BinaryIO, name: str = "", extra: Iterable[Format] = ()
) -> tuple[Format, Recognition]:
    """As `recognise_file`, with the reason."""
    if isinstance(source, Path):
        with source.open("rb") as stream:
            return recognised(stream, name or source.name, extra)
    head = Head.of(source, name)
    if not head.data.strip():
        raise FileProblem(Code.EMPTY, "The file is empty.")
    found = [(known, known.recognise(head)) for known in [*formats().values(), *extra]]
    best = max(answer.score for _, answer in found)
    if not best:
        raise _stranger(head)
    winners = [(known, answer) for known, answer in found if answer.score == best]
    if len(winners) > 1:
        raise _ambiguous([known.title for known, _ in winners])
    return winners[0]


def _stranger(head: Head) -> FileProblem:
    if sentence := strangers.told(head):
        return FileProblem(Code.NOT_RECOGNISED, sentence)
    shown = ", ".join(cell for cell in (head.rows[0] if head.rows else ())[:8] if cell)
    seen = f" It starts with: {shown[:200]}." if shown.isprintable() and shown else ""
    return FileProblem(
        Code.NOT_RECOGNISED,
        f"No known payout or bank format looks like this file.{seen} Choose another file, or set "
        "up a mapping for it.",
    )


def _ambiguous(titles: list[str]) -> FileProblem:
    listed = " and ".join(f"“{title}”" for title in titles)
    return FileProblem(
        Code.AMBIGUOUS, f"The file could be {listed}. Say which of them it is.", value=listed
    )
