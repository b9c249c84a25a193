"""Reads back from Marketing Cloud what was written: only that is a confirmation."""

from collections.abc import Mapping, Sequence

from django.db.models.functions import Upper
from django.utils import timezone

from connectors.sfmc.client import SfmcClient
from connectors.sfmc.filters import where_in
from connectors.sync.consent import claims
from connectors.sync.consent.claims import Step
from connectors.sync.consent.people import Person
from connectors.sync.consent.sfmc_write import (
    COLUMNS,
    CONTACT,
    is_of_email,
    recipients,
    wanted_status,
)
from connectors.sync.outgoing.target import target_of
from integration.consent.models import Propagation
from integration.consent.permissions import Permissions, permissions_of
from integration.mirror.models import Contact

KEYS_A_LOOK = 100
CHANGED_THERE = "Marketing Cloud does not say what was written; it is written again."


def confirm(client: SfmcClient, rows: Sequence[Propagation], people: Mapping[int, Person]) -> None:
    """Who is as they should be is done; the others begin again with the writing."""
    contact_keys = sorted({key for row in rows for key in row.contacts})
    subscribers = {
        one.key.upper(): (one.status, one.email)
        for one in client.subscribers.find_many(contact_keys)
    }
    emails = {
        key: subscribers[key.upper()][1] for key in contact_keys if key.upper() in subscribers
    }
    _keep_statuses(subscribers)
    shown = _columns(client, contact_keys)
    permitted = permissions_of(recipients(contact_keys, emails))
    now = timezone.now()
    for row in rows:
        agreed = all(
            _has_status(row, subscribers.get(key.upper(), ("", ""))[0])
            and _has_columns(shown.get(key.upper(), {}), permitted[key])
            for key in row.contacts
        )
        if agreed:
            claims.finish(row, now)
        else:
            row.step = Step.WRITE
            claims.rest(row, CHANGED_THERE)


def _keep_statuses(subscribers: Mapping[str, tuple[str, str]]) -> None:
    """The mirror says at once what was read."""
    rows = Contact.objects.annotate(upper=Upper("key")).filter(upper__in=list(subscribers))
    changed = [row for row in rows if row.status != subscribers[row.key.upper()][0]]
    for row in changed:
        row.status = subscribers[row.key.upper()][0]
    Contact.objects.bulk_update(changed, ["status"])


def _has_status(row: Propagation, status: str) -> bool:
    """Somebody who is no subscriber gets nothing: there is nothing to unsubscribe."""
    return not is_of_email(row) or status == wanted_status(row)


def _has_columns(shown: Mapping[str, str | None], permitted: Permissions) -> bool:
    told = permitted.row()
    return all(
        str(shown.get(name) or "").casefold() == str(told[name]).casefold() for name in COLUMNS
    )


def _columns(client: SfmcClient, contact_keys: Sequence[str]) -> dict[str, dict[str, str | None]]:
    target = target_of(CONTACT)
    key_column = target.columns["key"]
    found: dict[str, dict[str, str | None]] = {}
    for first in range(0, len(contact_keys), KEYS_A_LOOK):
        some = list(contact_keys[first : first + KEYS_A_LOOK])
        wanted = where_in(key_column, some)
        for page in client.data_extensions.read_rows(target.name, filter=wanted):
            for one in page.rows:
                columns = one.columns()
                found[str(columns[key_column.lower()]).upper()] = {
                    name: columns.get(target.columns[name].lower()) for name in COLUMNS
                }
    return found
