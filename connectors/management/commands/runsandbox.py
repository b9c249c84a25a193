"""`manage.py runsandbox`: both systems as real servers on this machine."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from connectors.sandbox import cli


class Command(BaseCommand):
    help = "Serves Marketing Cloud and Prima on loopback, with a scenario and faults on request."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        cli.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        code = cli.run(argparse.Namespace(**options))
        if code:
            raise SystemExit(code)
