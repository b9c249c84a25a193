"""Contacts of a world who asked to be told when something is there again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from connectors.sandbox.worlds.catalogue import Catalogue
from connectors.sandbox.worlds.people import Person
from connectors.sandbox.worlds.rows import Row

UNCOUNTED = "SET-001"
"""Prima never says how many there are of it: who asked for it waits."""
_EVERY = 9


def requests_of(contacts: Sequence[Person], goods: Catalogue, until: datetime) -> list[Row]:
    """Every ninth contact asked, in turn for one of a few products; some of these are there."""
    wanted = [item.campaign_sku for item in goods.sellable if item.kind == "stock"][:4]
    wanted.append(UNCOUNTED)
    return [
        {
            "ContactKey": person.contact_key,
            "SKU": wanted[place % len(wanted)],
            "EmailAddress": person.email,
            "RequestDate": (until - timedelta(hours=place + 1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        for place, person in enumerate(contacts[::_EVERY])
    ]
