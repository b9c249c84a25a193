"""Prima's code lists and capabilities, written only when they changed."""

from django.db import transaction
from django.utils import timezone

from connectors.prima.capabilities import Capabilities
from connectors.prima.port import References
from connectors.sync import items
from connectors.sync.contacts.following import CUSTOMERS
from connectors.sync.flow import ORDERS
from connectors.sync.mirrored import as_data
from connectors.sync.models import Connection, SyncItem
from integration.mirror.models import PrimaCode

_COLUMNS = ("description", "tax_code", "rate", "valid_from", "valid_to", "read_at")


def keep_capabilities(told: Capabilities) -> bool:
    """True when Prima says something else than before."""
    row = Connection.objects.get(system=Connection.System.PRIMA)
    data = {name: member for name, member in as_data(told).items() if name != "raw"}
    changed = bool(row.capabilities != data)
    Connection.objects.filter(pk=row.pk).update(capabilities=data, capabilities_at=timezone.now())
    return changed


def keep_codes(told: References) -> bool:
    """True when a list changed. Codes that Prima does not list any more are taken out."""
    wanted = {(row.list, row.code): row for row in _rows(told)}
    known = {(row.list, row.code): row for row in PrimaCode.objects.all()}
    changed = [row for key, row in wanted.items() if _content(row) != _content(known.get(key))]
    gone = [row.pk for key, row in known.items() if key not in wanted]
    with transaction.atomic():
        PrimaCode.objects.filter(pk__in=gone).delete()
        PrimaCode.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["list", "code"],
            update_fields=_COLUMNS,
        )
    return bool(changed or gone)


def nudge_all_held(reason: str) -> int:
    """Codes and abilities may concern any order or contact that is held; answers how many."""
    return sum(_nudge_held(flow, reason) for flow in (ORDERS, CUSTOMERS))


def _nudge_held(flow: str, reason: str) -> int:
    held = SyncItem.objects.filter(flow=flow, state=SyncItem.State.HELD)
    return items.nudge_held(flow, list(held.values_list("external_id", flat=True)), reason)


def _rows(told: References) -> list[PrimaCode]:
    now = timezone.now()
    taxes = [
        PrimaCode(
            list=PrimaCode.List.TAX,
            code=one.code,
            description=one.description,
            rate=one.rate,
            valid_from=one.valid_from,
            valid_to=one.valid_to,
            read_at=now,
        )
        for one in told.tax_codes
    ]
    others = [
        PrimaCode(
            list=one.list,
            code=one.code,
            description=one.description,
            tax_code=one.tax_code,
            valid_from=one.valid_from,
            valid_to=one.valid_to,
            read_at=now,
        )
        for one in told.codes
    ]
    return [*taxes, *others]


def _content(row: PrimaCode | None) -> tuple[object, ...] | None:
    if row is None:
        return None
    return row.description, row.tax_code, row.rate, row.valid_from, row.valid_to
