"""`manage.py schedules`: writes the timetable to the database; safe to run at any time."""

from typing import Any

from django.core.management.base import BaseCommand

from connectors.sync import timetable


class Command(BaseCommand):
    help = (
        "Brings the schedules of the background work in line with the timetable and the settings."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        changed = timetable.synchronise()
        self.stdout.write(f"schedules: {changed} changed" if changed else "schedules: up to date")
