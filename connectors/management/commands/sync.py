"""`manage.py sync [FLOW …]`: runs flows now, in this process, and shows how far they are."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from connectors.sync import runner
from connectors.sync.context import Progress, Watch
from connectors.sync.flow import Flow, flow_of, flows
from connectors.sync.models import SyncItem, SyncRun
from integration.schedules import TIMETABLE

MOST_ROUNDS = 100


class Command(BaseCommand):
    help = (
        "Runs flows now. Without names, or with --all, all of them in the order of the timetable."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("flows", nargs="*", metavar="FLOW", help=", ".join(flows()))
        parser.add_argument("--all", action="store_true", help="all flows")
        parser.add_argument("--progress", action="store_true", help="show a bar for each flow")
        parser.add_argument(
            "--until-idle", action="store_true", help="again until nothing is due any more"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = _chosen([] if options["all"] else options["flows"])
        failed = self._round(chosen, show=options["progress"])
        rounds = 1
        while options["until_idle"] and not failed and rounds < MOST_ROUNDS and _is_due(chosen):
            failed = self._round(chosen, show=options["progress"])
            rounds += 1
        if failed:
            raise CommandError(" ".join(f"{run.flow}: {run.message}" for run in failed))

    def _round(self, chosen: list[Flow], *, show: bool) -> list[SyncRun]:
        failed = []
        for flow in chosen:
            with _bar(flow.title, show=show) as watch:
                run = runner.run(flow.slug, started_by="command line", watch=watch)
            self.stdout.write(f"{flow.title}: {_words(run)}")
            if run is not None and run.status in (SyncRun.Status.FAILED, SyncRun.Status.STOPPED):
                failed.append(run)
        return failed


def _chosen(names: list[str]) -> list[Flow]:
    order = [entry.flow for entry in TIMETABLE if entry.flow]
    try:
        return [flow_of(name) for name in names or order]
    except LookupError as unknown:
        raise CommandError(str(unknown)) from unknown


def _is_due(chosen: list[Flow]) -> bool:
    return SyncItem.objects.filter(
        flow__in=[flow.slug for flow in chosen],
        state=SyncItem.State.WAITING,
        not_before__lte=timezone.now(),
    ).exists()


def _words(run: SyncRun | None) -> str:
    if run is None:
        return "not run: it is switched off, paused, or running already"
    numbers = [
        f"{number:,} {word}"
        for number, word in (
            (run.seen, "seen"),
            (run.sent, "moved"),
            (run.held, "held"),
            (run.failed, "to be tried again"),
        )
        if number or word == "seen"
    ]
    said = f" {run.message}" if run.message else ""
    return f"{run.get_status_display().lower()}, {', '.join(numbers)}.{said}"


@contextmanager
def _bar(title: str, *, show: bool) -> Iterator[Watch]:
    bars = Bars(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not show,
    )
    with bars:
        bar = bars.add_task(title, total=None)

        def watch(progress: Progress) -> None:
            bars.update(bar, completed=progress.done, total=progress.total)

        yield watch
