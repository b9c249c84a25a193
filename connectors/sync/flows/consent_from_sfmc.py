"""Takes in unsubscriptions of Marketing Cloud: those it told, and those nobody told."""

from datetime import timedelta

from django.utils import timezone

from connectors.sfmc.client import SfmcClient
from connectors.sync.consent import (
    new_links,
    notified,
    registering,
    safety_net,
    standing,
    sweep,
)
from connectors.sync.context import Context
from connectors.sync.flow import CONSENT, Defaults, Flow
from connectors.sync.models import Cursor
from connectors.sync.nudges import nudge_consent
from integration.accounts.roles import Role

LOOKED_AFTER = "consent_notifications"
AN_HOUR = timedelta(hours=1)


class ConsentFromSfmc(Flow):
    slug = "consent_from_sfmc"
    title = "Opt-outs from Marketing Cloud"
    meaning = (
        "Takes in what Marketing Cloud notified, then asks for unsubscriptions that no "
        "notification told, and who was unsubscribed before. Each is suppressed here at once and "
        "goes on to Prima."
    )
    owner = Role.MARKETING
    systems = ("sfmc",)
    lane = CONSENT
    defaults = Defaults(silent_after_minutes=10)

    def run(self, context: Context) -> None:
        client = context.remotes.sfmc()
        new = notified.work_off(client, context) + new_links.follow(context)
        if new:
            nudge_consent("consent_to_prima", "consent_to_sfmc")
        if context.is_over() or not sweep.is_due():
            return
        found = sweep.sweep(client, context) + standing.take_some(client, context)
        if safety_net.begin_again() or found:
            nudge_consent("consent_to_prima", "consent_to_sfmc")
        _look_after_notifications(client)


def _look_after_notifications(client: SfmcClient) -> None:
    """While a subscription is paused Marketing Cloud drops what it would tell, so ask every hour."""
    now = timezone.now()
    seen, _ = Cursor.objects.get_or_create(flow=LOOKED_AFTER)
    if seen.moved_at is not None and seen.moved_at > now - AN_HOUR:
        return
    registering.look_after(client)
    Cursor.objects.filter(pk=seen.pk).update(moved_at=now)
