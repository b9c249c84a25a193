"""Reads what people said in the portal of Prima, or to somebody who wrote it down there."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from connectors.prima.port import Prima
from connectors.sync import subscribing
from connectors.sync.connections import company_of, connection_to
from connectors.sync.consent.prima_shelf import FEED, ConsentShelf
from connectors.sync.context import Context
from connectors.sync.flow import CONSENT, Defaults, Flow
from connectors.sync.models import Cursor
from connectors.sync.nudges import hint, nudge_consent
from connectors.sync.reference.feed import follow
from integration.accounts.roles import Role

EVERYTHING = "prima_consents.everything"
LOOKED_AFTER = "prima_notifications"
A_DAY = timedelta(days=1)
TEN_MINUTES = timedelta(minutes=10)


class ConsentFromPrima(Flow):
    slug = "consent_from_prima"
    title = "Opt-outs from Prima"
    meaning = (
        "Reads every change of consent from Prima. A no is suppressed here at once and goes on to "
        "Marketing Cloud; a yes without evidence changes nothing and becomes a case."
    )
    owner = Role.MARKETING
    systems = ("prima",)
    lane = CONSENT
    hinted_by = ("consents",)
    defaults = Defaults(silent_after_minutes=10)

    def run(self, context: Context) -> None:
        _once_a_day_everything()
        prima = context.remotes.prima()
        follow(ConsentShelf(prima), context)
        if context.run.sent:
            nudge_consent("consent_to_sfmc", "consent_to_prima")
            subscribing.found_by_asking()
        _look_after_notifications(prima)


def _once_a_day_everything() -> None:
    """A restored backup says yes again, and no feed tells of it: once a day all states are read."""
    now = timezone.now()
    whole, is_new = Cursor.objects.get_or_create(flow=EVERYTHING, defaults={"moved_at": now})
    if is_new or whole.moved_at is None or whole.moved_at > now - A_DAY:
        return
    _everything_anew()


def _everything_anew() -> None:
    """The next reading begins with a snapshot."""
    Cursor.objects.filter(flow=FEED).update(value="")
    Cursor.objects.filter(flow=EVERYTHING).update(moved_at=timezone.now())


def _look_after_notifications(prima: Prima) -> None:
    """A restored backup has forgotten whom to notify, and its feed may skip what came after it."""
    now = timezone.now()
    seen, _ = Cursor.objects.get_or_create(flow=LOOKED_AFTER)
    if seen.moved_at is not None and seen.moved_at > now - TEN_MINUTES:
        return
    Cursor.objects.filter(pk=seen.pk).update(moved_at=now)
    _, company = company_of(connection_to("prima"))
    subscribing.look_after(prima, company, forgotten=_everything_anew_soon)


@transaction.atomic
def _everything_anew_soon() -> None:
    _everything_anew()
    hint(ConsentFromPrima.slug)
