"""Prima's customers in the mirror, and the held orders that a change of one may heal."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone

from connectors.prima.port import Change, ChangePage, Prima
from connectors.sync import items
from connectors.sync.contacts.following import accounts_changed
from connectors.sync.flow import ORDERS
from connectors.sync.mirrored import as_data
from connectors.sync.models import SyncItem
from connectors.sync.reference.feed import latest
from integration.identity import keys
from integration.mirror.models import CampaignOrder, PrimaCustomer
from integration.records.customer import Customer

_UNTOLD = frozenset({"version", "modified_at", "balance"})
"""Members that change without anything an order depends on."""
_COLUMNS = (
    "account_code", "contact_key", "name", "email", "vat_number", "postcode", "is_pool", "status",
    "data", "version", "modified_at", "deleted_at", "read_at",
)  # fmt: skip


@dataclass(slots=True)
class CustomerShelf:
    prima: Prima
    name: str = "prima_customers"

    def read(self, cursor: str) -> ChangePage[Customer]:
        return self.prima.customer_changes(cursor)

    def write(self, changes: tuple[Change[Customer], ...]) -> int:
        if not changes:
            return 0
        by_id = latest(changes, lambda change: change.id)
        before = {row.prima_id: row for row in PrimaCustomer.objects.filter(prima_id__in=by_id)}
        now = timezone.now()
        records = {key: change.record for key, change in by_id.items() if change.record is not None}
        _clear_the_way(records, before)
        PrimaCustomer.objects.bulk_create(
            [_row(key, record, now) for key, record in records.items()],
            update_conflicts=True,
            unique_fields=["prima_id"],
            update_fields=_COLUMNS,
        )
        gone = [key for key, change in by_id.items() if change.record is None]
        if gone:
            PrimaCustomer.objects.filter(prima_id__in=gone).update(deleted_at=now, read_at=now)
        changed = [record for key, record in records.items() if _differs(record, before.get(key))]
        _nudge(changed, [before[record.id] for record in changed if record.id in before])
        accounts_changed([record.account_code for record in changed])
        return len(changed) + len(gone)

    def forget_unread(self, since: datetime) -> None:
        PrimaCustomer.objects.filter(read_at__lt=since, deleted_at__isnull=True).update(
            deleted_at=timezone.now()
        )


def _row(prima_id: str, record: Customer, now: datetime) -> PrimaCustomer:
    return PrimaCustomer(
        prima_id=prima_id,
        account_code=record.account_code,
        contact_key=record.external_keys.get("sfmc", ""),
        name=record.name,
        email=record.email,
        vat_number=record.vat_number,
        postcode=next((one.address.postcode[:12] for one in record.addresses), ""),
        is_pool=record.is_pool,
        status=record.status,
        data=as_data(record),
        version=record.version,
        modified_at=record.modified_at,
        deleted_at=None,
        read_at=now,
    )


def _clear_the_way(records: Mapping[str, Customer], before: Mapping[str, PrimaCustomer]) -> None:
    """An account code that moves to another customer must not be held by two rows meanwhile."""
    moved = [
        row.pk
        for key, row in before.items()
        if key in records and records[key].account_code != row.account_code
    ]
    codes = [record.account_code for record in records.values()]
    taken = Q(account_code__in=codes) & ~Q(prima_id__in=list(records))
    PrimaCustomer.objects.filter(Q(pk__in=moved) | taken).delete()


def _differs(record: Customer, before: PrimaCustomer | None) -> bool:
    return (
        before is None
        or before.deleted_at is not None
        or _told(before.data) != _told(as_data(record))
    )


def _told(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: member for name, member in data.items() if name not in _UNTOLD}


def _nudge(changed: list[Customer], before: list[PrimaCustomer]) -> None:
    """Held orders of the contacts of these accounts are tried again."""
    accounts = {record.account_code for record in changed}
    by_key = {record.external_keys["sfmc"]: record.account_code for record in changed
              if record.external_keys.get("sfmc")}  # fmt: skip
    by_email = {record.email.upper(): record.account_code for record in changed if record.email}
    for row in before:
        if row.contact_key:
            by_key.setdefault(row.contact_key, row.account_code)
        if row.email:
            by_email.setdefault(row.email.upper(), row.account_code)
    by_key.update(keys.contacts_by_account(accounts))
    by_account: dict[str, list[str]] = defaultdict(list)
    for key, contact_key, email in _held(by_key, by_email):
        by_account[by_key.get(contact_key) or by_email[email]].append(key)
    for account, orders in sorted(by_account.items()):
        items.nudge_held(ORDERS, orders, f"a change of account {account} in Prima")


def _held(by_key: Mapping[str, str], by_email: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(order, contact key, e-mail in upper case) of the orders of these people that a person has."""
    stopped = SyncItem.objects.filter(
        flow=ORDERS,
        state__in=[SyncItem.State.HELD, SyncItem.State.WORKING, SyncItem.State.SENDING],
    )
    return list(
        CampaignOrder.objects.annotate(upper_email=Upper("email"))
        .filter(
            Q(contact_key__in=list(by_key)) | Q(upper_email__in=list(by_email)),
            key__in=stopped.values("external_id"),
        )
        .values_list("key", "contact_key", "upper_email")
    )
