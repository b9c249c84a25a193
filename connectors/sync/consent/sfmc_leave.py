"""Takes contacts out of every journey they are in, and watches until they are out."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from connectors.sfmc.client import SfmcClient
from connectors.sfmc.journeys import Exit
from connectors.sync.consent import claims
from connectors.sync.consent.claims import Step
from connectors.sync.context import Context
from integration.consent.models import Propagation

LOOKS = 6
BETWEEN = 0.5
COME_AGAIN = 2.0
ASK_AGAIN = timedelta(seconds=60)
STILL_IN = "A journey has not let the contact go yet."


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
            claims.rest(row, STILL_IN, COME_AGAIN)


def _ask_out(client: SfmcClient, rows: Sequence[Propagation]) -> set[tuple[str, str]]:
    """Looks where the contacts are; who is nowhere goes on, the others are asked out."""
    now = timezone.now()
    contact_keys = sorted({key for row in rows for key in row.contacts})
    found = client.journeys.memberships(contact_keys)
    inside = {(one.contact_key.upper(), one.journey_key): one for one in found}
    for row in rows:
        mine = {key.upper() for key in row.contacts}
        if not any(contact in mine for contact, _ in inside):
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
