"""`manage.py bench NAME`: measures one thing the desk does, in a database of its own."""

import argparse
import json
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.table import Table

from connectors.management.bench import Measured, benches
from connectors.management.measuring.ground import Ground
from connectors.management.measuring.own_database import DatabaseRefused, is_own, own_database
from connectors.management.measuring.report import Report
from integration.demo.processes import ProgramFailed, follow_parent

STOPPED = 130
_ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Ctrl-C, SIGTERM or the end of the terminal. Not an error, so nothing may catch it by chance."""


class Command(BaseCommand):
    help = (
        "Measures against sandboxes of its own and in a database of its own, which is dropped "
        "afterwards. Exit status 1 when a goal is missed."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        names = parser.add_subparsers(dest="bench", required=True, metavar="NAME")
        for slug, bench in benches().items():
            words = names.add_parser(slug, help=bench.title)
            bench.add_arguments(words)
            for internal in ("--part", "--given", "--report"):
                words.add_argument(internal, default="", help=argparse.SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["part"]:
            _run_part(options)
            return
        try:
            measured = _measure(options)
        except (DatabaseRefused, ProgramFailed) as refused:
            raise CommandError(str(refused)) from refused
        except Stopped:
            raise SystemExit(STOPPED) from None
        _show(measured, benches()[options["bench"]].title)
        self.stdout.write(json.dumps(measured.figures))
        if not measured.ok:
            raise SystemExit(1)


def _run_part(options: dict[str, Any]) -> None:
    """In the process that a running bench started for it."""
    if not is_own():
        raise CommandError("A part of a bench runs in the bench's own database only.")
    part = benches()[options["bench"]].parts[options["part"]]
    report = Report(Path(options["report"]))
    report.give(part(json.loads(options["given"]), report.tell))


def _measure(options: dict[str, Any]) -> Measured:
    bench = benches()[options["bench"]]
    with _ending(), own_database() as database, tempfile.TemporaryDirectory() as folder:
        ground = Ground(bench.slug, Path(folder), database)
        try:
            return bench.measure(options, ground)
        finally:
            ground.programs.stop()


@contextmanager
def _ending() -> Iterator[None]:
    """Being told to end stops what was started, once: hearing it again changes nothing."""

    def stop(_: int, __: FrameType | None) -> None:
        for number in _ENDS:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    before = {number: signal.signal(number, stop) for number in _ENDS}
    follow_parent()
    try:
        yield
    finally:
        for number, was in before.items():
            signal.signal(number, was)


def _show(measured: Measured, title: str) -> None:
    table = Table("", "Measured", "Goal", title=title)
    for row in measured.table:
        table.add_row(row.what, row.found, row.wanted)
    Console(highlight=False).print(table)
