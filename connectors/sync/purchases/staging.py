"""Works the purchase history out: for those it changed for, or for everybody. Both come to the same."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from connectors.sync import changed_since
from connectors.sync.outgoing.staging import stage_query
from connectors.sync.purchases import statements

PART = "purchase"
NAME, WHOLE = "purchase_history", "purchase_history.whole"
A_STATEMENT = 2_000
WHOLE_EVERY = timedelta(hours=24)
"""Once a day everything is worked out anew, for what no document tells: an item's new category."""


def stage_due(*, whole: bool = False) -> int:
    """What changed, or everything when that is due; answers how many rows differ."""
    last = changed_since.reached(WHOLE)
    if whole or last is None or timezone.now() - last >= WHOLE_EVERY:
        return rebuild()
    return stage_changed()


def rebuild() -> int:
    """Everybody's history from the beginning."""
    begun = timezone.now()
    with transaction.atomic():
        staged = stage_query(PART, statements.EVERYBODY)
        changed_since.move(NAME, begun)
        changed_since.move(WHOLE, begun)
    return staged


def stage_changed() -> int:
    """The history of the contacts that a change concerns since the last time."""
    begun = timezone.now()
    contacts = _asked(statements.CHANGED, {"since": changed_since.since(NAME)})
    staged = 0
    for place in range(0, len(contacts), A_STATEMENT):
        staged += _stage(contacts[place : place + A_STATEMENT])
    changed_since.move(NAME, begun)
    return staged


def _stage(contacts: Sequence[str]) -> int:
    """Their documents are found by account and by campaign order, under every key of theirs."""
    upper = [[contact.upper() for contact in contacts]]
    keys = sorted({*contacts, *_asked(statements.KEYS, upper)})
    accounts = _asked(statements.ACCOUNTS, [[key.upper() for key in keys]])
    numbers = _asked(statements.ORDERS, [keys])
    return stage_query(PART, statements.SOME, [numbers, accounts, keys, keys])


def _asked(sql: str, params: Any) -> list[str]:
    with database.cursor() as cursor:
        cursor.execute(sql, params)
        return [row[0] for row in cursor.fetchall()]
