"""Takes contacts out of every journey they are in, and watches until they are out."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone

from connectors.sfmc.client import SfmcClient
from connectors.sfmc.journeys import Exit
from connectors.sync.consent import claims
from connectors.sync.consent.claims import Step
from connectors.sync.context import Context
from connectors.sync.models import StockRequest
from integration.consent.models import Propagation

LOOKS = 6
BETWEEN = 0.5
COME_AGAIN = 2.0
ASK_AGAIN = timedelta(seconds=60)
STILL_IN = "A journey has not let the contact go yet."
ON_THE_WAY = "The desk was letting the contact into a journey, and looks again when it is done."
COME_LATER = 10.0
COMING_IN = timedelta(seconds=60)
"""So long after the desk let somebody into a journey they may appear in it."""
IN_DOUBT = timedelta(minutes=15)
"""So long a call may be under way, or its outcome be asked about; after that nobody comes in by it."""


def leave(client: SfmcClient, rows: Sequence[Propagation], context: Context) -> None:
    """Asks for the exits, then looks a few times whether everybody is out.

    What the exit says is not proof; being a member of nothing is.
    """
    inside = _ask_out(client, rows)
    for _ in range(LOOKS):
        if not inside or context.stopping.is_set():
            break
        time.sleep(BETWEEN)
        waiting = [row for row in rows if row.step == Step.LEAVE]
        exits = [Exit(key, journey) for key, journey in sorted(inside)]
        if all(state.is_done for state in client.journeys.exit_states(exits)):
            inside = _ask_out(client, waiting)
    for row in rows:
        if row.step == Step.LEAVE:
            mine = {key.upper() for key in row.contacts}
            is_inside = any(key.upper() in mine for key, _ in inside)
            why, pause = (STILL_IN, COME_AGAIN) if is_inside else (ON_THE_WAY, COME_LATER)
            claims.rest(row, why, pause)


def _ask_out(client: SfmcClient, rows: Sequence[Propagation]) -> set[tuple[str, str]]:
    """Looks where the contacts are; who is nowhere goes on, the others are asked out."""
    now = timezone.now()
    contact_keys = sorted({key for row in rows for key in row.contacts})
    found = client.journeys.memberships(contact_keys)
    coming = _coming_in(contact_keys, now)
    inside = {(one.contact_key.upper(), one.journey_key): one for one in found}
    for row in rows:
        mine = {key.upper() for key in row.contacts}
        if not (mine & coming or any(contact in mine for contact, _ in inside)):
            row.left_at, row.step = now, Step.CONFIRM
            row.not_before, row.last_error = None, ""
    exits = [
        Exit(one.contact_key, one.journey_key)
        for one in inside.values()
        if _is_to_ask(rows, one.contact_key, one.journey_key, now)
    ]
    if exits:
        client.journeys.exit(exits)
        _note(rows, exits, now)
    return {(one.contact_key, one.journey_key) for one in inside.values()}


def _coming_in(contact_keys: Sequence[str], now: datetime) -> set[str]:
    """Those, in capitals, whom the desk is letting in, or let in a moment ago: they said no while
    they were on their way, and are in no journey yet.
    """
    wanted = {key.upper() for key in contact_keys}
    rows = StockRequest.objects.annotate(upper=Upper("contact_key")).filter(
        Q(state=StockRequest.State.SENDING, sending_at__gt=now - IN_DOUBT)
        | Q(state=StockRequest.State.SENT, done_at__gt=now - COMING_IN),
        upper__in=wanted,
    )
    return set(rows.values_list("upper", flat=True))


def _is_to_ask(rows: Sequence[Propagation], contact: str, journey: str, now: datetime) -> bool:
    asked = [
        datetime.fromisoformat(entry["asked_at"])
        for row in rows
        for entry in row.journeys
        if (entry["contact"], entry["journey"]) == (contact, journey)
    ]
    return not asked or max(asked) < now - ASK_AGAIN


def _note(rows: Sequence[Propagation], exits: Sequence[Exit], now: datetime) -> None:
    for row in rows:
        mine = {key.upper() for key in row.contacts}
        asked = [one for one in exits if one.contact_key.upper() in mine]
        pairs = {(one.contact_key, one.journey_key) for one in asked}
        row.journeys = [
            entry for entry in row.journeys if (entry["contact"], entry["journey"]) not in pairs
        ] + [
            {
                "contact": one.contact_key,
                "journey": one.journey_key,
                "asked_at": now.isoformat(),
            }
            for one in asked
        ]
