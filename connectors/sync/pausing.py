"""Holding a flow up and letting it go on, at the word of a person."""

from django.db import transaction
from django.utils import timezone

from connectors.sync.flow import Flow, setting_of
from connectors.sync.models import FlowSetting
from connectors.sync.nudges import nudge
from integration.accounts.models import User
from integration.audit import trail


def pause(flow: Flow, *, actor: User) -> bool:
    """A run under way ends after its batch, and none begins. False when it is paused already."""
    setting_of(flow)
    with transaction.atomic():
        paused = FlowSetting.objects.filter(flow=flow.slug, paused_at__isnull=True).update(
            paused_at=timezone.now(), paused_by=str(actor)[:150]
        )
        if paused:
            trail.record("flow paused", actor=actor, label=flow.title, flow=flow.slug)
    return bool(paused)


def go_on(flow: Flow, *, actor: User) -> bool:
    """It runs again, now and by the timetable. False when it was not paused."""
    with transaction.atomic():
        freed = FlowSetting.objects.filter(flow=flow.slug, paused_at__isnull=False).update(
            paused_at=None, paused_by=""
        )
        if freed:
            trail.record("flow continued", actor=actor, label=flow.title, flow=flow.slug)
            nudge(flow.slug)
    return bool(freed)
