"""Keeps django-q2's schedules as the timetable and the settings of the flows say."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_q.models import Schedule

from connectors.sync.flow import flow_of, setting_of
from integration.schedules import TIMETABLE, Entry

PREFIX = "desk: "
NIGHT = 2
"""The hour, where the company is, at which runs what runs once a day."""
_A_DAY = 24 * 60


def synchronise() -> int:
    """Writes all schedules; may run any number of times. Answers how many changed."""
    changed = 0
    with transaction.atomic():
        known = {
            row.name: row
            for row in Schedule.objects.select_for_update().filter(name__startswith=PREFIX)
        }
        for entry in TIMETABLE:
            changed += _write(known.pop(_name(entry), None), entry)
        for row in known.values():
            row.delete()
    return changed + len(known)


def _write(row: Any, entry: Entry) -> bool:
    setting = setting_of(flow_of(entry.flow)) if entry.flow else None
    minutes = setting.every_minutes if setting else entry.minutes
    wanted = {
        "func": entry.task,
        "args": repr((entry.flow,)) if entry.flow else "",
        "schedule_type": Schedule.DAILY if minutes == _A_DAY else Schedule.MINUTES,
        "minutes": minutes,
        "repeats": -1 if setting is None or setting.enabled else 0,
        "cluster": entry.cluster or None,
    }
    if row is None:
        Schedule.objects.create(name=_name(entry), next_run=_first_run(minutes), **wanted)
        return True
    if all(getattr(row, name) == value for name, value in wanted.items()):
        return False
    for name, value in wanted.items():
        setattr(row, name, value)
    row.next_run = _next_run(row.next_run, minutes)
    row.save()
    return True


def _first_run(minutes: int) -> datetime:
    """At once; what runs daily counts its days from last night, so that it goes on at night."""
    now = timezone.localtime()
    if minutes % _A_DAY:
        return now
    night = now.replace(hour=NIGHT, minute=0, second=0, microsecond=0)
    return night if night <= now else night - timedelta(days=1)


def _next_run(before: datetime, minutes: int) -> datetime:
    """No later than before; what runs daily, by day until now, waits for the night."""
    first = _first_run(minutes)
    if minutes % _A_DAY:
        return min(before, first + timedelta(minutes=minutes))
    night = first + timedelta(days=1)
    return min(before, night) if timezone.localtime(before).time() == time(NIGHT) else night


def _name(entry: Entry) -> str:
    return f"{PREFIX}{entry.name}"
