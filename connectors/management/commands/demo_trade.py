"""`manage.py demo_trade`: the sandbox's orders go on, and the files of gateways and bank are written."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import requests
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from connectors.sandbox.trade import story
from connectors.sandbox.trade.sale import sales

AT_ONCE = 400
_SECONDS = 120
_LATE = "late"
_STEPS, _SETTINGS, _TRUTH = "steps.json", "settings.json", "truth.json"


class Command(BaseCommand):
    help = (
        "Ships, invoices and credits the orders in Prima's sandbox, and writes payout reports and "
        "bank statements of last month and this one that fit. With --late: what came afterwards."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sandbox", default="http://127.0.0.1:8800", help="where it listens")
        parser.add_argument("--folder", type=Path, required=True, help="where the files go")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--today", type=date.fromisoformat, help="instead of today")
        parser.add_argument("--late", action="store_true", help="what comes after the rest")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Demo data has no place in production.")
        prima = _Prima(options["sandbox"].rstrip("/"))
        if options["late"]:
            done = prima.do(json.loads((folder / _LATE / _STEPS).read_text()))
            self.stdout.write(f"{done} late steps in Prima.")
            return
        told = sales(prima.orders())
        today = options["today"] or timezone.localdate()
        trade = story.tell(told, today, seed=options["seed"])
        done = prima.do(trade.steps)
        _write(trade, folder)
        self.stdout.write(
            f"{len(told)} orders, {done} steps in Prima, {len(trade.files)} files in {folder}."
        )


@dataclass(frozen=True, slots=True)
class _Prima:
    """What goes on inside Prima's sandbox."""

    sandbox: str

    def orders(self) -> Any:
        return self._answer(requests.get(self._url("orders"), timeout=_SECONDS))

    def do(self, steps: Sequence[Any]) -> int:
        for start in range(0, len(steps), AT_ONCE):
            body = {"steps": list(steps[start : start + AT_ONCE])}
            self._answer(requests.post(self._url("orders/steps"), json=body, timeout=_SECONDS))
        return len(steps)

    def _url(self, path: str) -> str:
        return f"{self.sandbox}/prima/__control__/{path}"

    def _answer(self, answer: requests.Response) -> Any:
        if not answer.ok:
            raise CommandError(f"The sandbox says: {answer.text[:300]}")
        return answer.json()


def _write(trade: story.Trade, folder: Path) -> None:
    late = folder / _LATE
    late.mkdir(parents=True, exist_ok=True)
    for name, content in trade.files.items():
        (folder / name).write_bytes(content)
    for name, content in trade.late_files.items():
        (late / name).write_bytes(content)
    (late / _STEPS).write_text(json.dumps(trade.late_steps))
    (folder / _SETTINGS).write_text(json.dumps(trade.settings))
    (folder / _TRUTH).write_text(json.dumps(list(trade.truth), indent=1))
