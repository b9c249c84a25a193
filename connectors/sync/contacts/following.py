"""Contacts whose account changed in Prima are looked at again."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef

from connectors.sync import items
from connectors.sync.contacts.pairs import keys_of
from connectors.sync.models import SyncItem
from integration.ownership.models import Proposal

CUSTOMERS = "customers"
"""The flow whose items are contacts, with the accounts they have."""


def contacts_changed(contact_keys: Sequence[str]) -> None:
    items.renew(CUSTOMERS, contact_keys, "a change in Marketing Cloud")


def accounts_changed(account_codes: Sequence[str]) -> None:
    found = keys_of(account_codes)
    if found:
        items.renew(CUSTOMERS, found, "a change in Prima")


def decisions_made() -> None:
    """Contacts about which a person decided since they were last looked at.

    A person's step writes the decision alone (see ADR 10); this is where it is noticed.
    """
    seen = SyncItem.objects.filter(
        flow=CUSTOMERS,
        external_id=OuterRef("contact_key"),
        changed_at__gt=OuterRef("decided_at"),
    )
    decided = Proposal.objects.filter(
        state__in=[Proposal.State.ACCEPTED, Proposal.State.REJECTED], settled_at__isnull=True
    ).exclude(Exists(seen))
    keys = sorted(set(decided.values_list("contact_key", flat=True)))
    if keys:
        items.renew(CUSTOMERS, keys, "a decision about a proposal")
