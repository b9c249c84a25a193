"""`manage.py demo_month`: the demo's trade reaches reconciliation, up to a month ready to close."""

import json
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from integration.accounts.models import User
from reconciliation import periods, running
from reconciliation.demo import deciding, setting_up, taking_in
from reconciliation.importing.problems import NotImported
from reconciliation.models import StatementFile

PROPOSER, DECIDER = "fiona", "frank"


class Command(BaseCommand):
    help = (
        "Invoices the sandbox's orders, imports the payout reports and bank statements that come of "
        "it, runs every control, and locks the month before last. Once; after that it does nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sandbox", default="http://127.0.0.1:8800", help="where it listens")
        parser.add_argument("--folder", type=Path, required=True, help="where the files go")

    def handle(self, *args: Any, sandbox: str, folder: Path, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Demo data has no place in production.")
        if StatementFile.objects.exists():
            self.stdout.write("Payout files are there already: nothing to do.")
            return
        first, second = (_person(name) for name in (PROPOSER, DECIDER))
        try:
            self._trade(sandbox, folder, first)
            self._lock(first, second)
            self._late(sandbox, folder, first)
        except NotImported as refusal:
            raise CommandError(refusal.message) from refusal
        self._decide(first, second)

    def _trade(self, sandbox: str, folder: Path, actor: User) -> None:
        call_command("demo_trade", sandbox=sandbox, folder=folder, stdout=self.stdout)
        call_command("sync", "prima_documents", stdout=self.stdout)
        setting_up.set_up(json.loads((folder / "settings.json").read_text()))
        found = taking_in.reports(folder)
        cut = next((path for path in found if path.name.startswith("stripe")), None)
        if cut is not None:
            taking_in.bring_cut_off(cut, actor)
        for path in found:
            file = taking_in.take_in(path, actor)
            self.stdout.write(f"{file.name}: {file.lines:,} lines imported")
        self._reconcile()

    def _lock(self, first: User, second: User) -> None:
        day = (timezone.localdate().replace(day=1) - timedelta(days=1)).replace(day=1)
        eve = periods.period_of(settings.COMPANIES[0], day - timedelta(days=1))
        self.stdout.write(f"{deciding.sign_off(eve, first, second)} is locked.")

    def _late(self, sandbox: str, folder: Path, actor: User) -> None:
        call_command("demo_trade", sandbox=sandbox, folder=folder, late=True, stdout=self.stdout)
        call_command("sync", "prima_documents", stdout=self.stdout)
        for path in taking_in.reports(folder / "late"):
            taking_in.take_in(path, actor)
        self._reconcile()

    def _decide(self, first: User, second: User) -> None:
        today = timezone.localdate()
        month = periods.period_of(settings.COMPANIES[0], today.replace(day=1) - timedelta(days=1))
        periods.period_of(settings.COMPANIES[0], today)
        waiting = deciding.decide(first, second, (month.first_day, month.last_day), today)
        self.stdout.write(f"{waiting} proposals wait for a decision.")

    def _reconcile(self) -> None:
        for run in running.run_all():
            self.stdout.write(f"{run.control}: {run.compared} compared, {run.standing} differ")


def _person(username: str) -> User:
    person = User.objects.filter(username=username).first()
    if person is None:
        raise CommandError(f"There is no {username}: run manage.py demo_people first.")
    return person
