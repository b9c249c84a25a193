"""Corrections of orders, kept beside the original: what may be changed, and writing it down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from connectors.sync.orders.corrections import corrected, row_at, value_at
from exceptions.payload import words
from exceptions.problems import NotPossible
from exceptions.storable import text
from integration.accounts.models import User
from integration.audit import trail
from integration.core.personal import PERSONAL, masked_payload
from integration.mapping.columns import COLUMNS
from integration.mirror.models import CampaignOrder, OrderCorrection

FIXED = frozenset({"key", "order_key", "contact_key", "modified_at", "line_count"})
"""Fields that say which record it is. Another customer is a link, not a correction."""
_MOST = 50


@dataclass(frozen=True, slots=True)
class Field:
    """One value of an order that may be corrected."""

    pointer: str
    label: str
    value: str


def fields_of(order: CampaignOrder) -> list[Field]:
    """Every value that may be corrected, as it stands with earlier corrections."""
    payload = as_corrected(order)
    fields = _fields("/order", "", payload.get("order", {}), COLUMNS["order"])
    for part, one in (("line", "lines"), ("promotion", "promotions")):
        for place, row in enumerate(payload.get(one, [])[:_MOST]):
            at, label = f"/{one}/{place}", f"{words(part)} {place + 1}: "
            fields += _fields(at, label, row, COLUMNS[part])
    return fields


def as_corrected(order: CampaignOrder, more: Mapping[str, Any] | None = None) -> Any:
    """The payload with the corrections that hold, and with `more` on top."""
    active = order.corrections.filter(withdrawn_at__isnull=True).order_by("id")
    changes = [*active.values_list("changes", flat=True), *([more] if more else [])]
    return corrected(order.payload, changes).payload


def changes_of(order: CampaignOrder, values: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What differs between the order as it stands and `values` by pointer."""
    payload = as_corrected(order)
    return {
        pointer: _change(order.payload, pointer, value)
        for pointer, value in values.items()
        if _text(value_at(payload, pointer)) != value
    }


def _change(payload: Any, pointer: str, value: str) -> dict[str, str]:
    change = {"from": _text(value_at(payload, pointer)), "to": value}
    row = row_at(payload, pointer)
    return change if row is None else {**change, "of": row}


def correct(
    order: CampaignOrder, changes: Mapping[str, Mapping[str, str]], reason: str, *, actor: User
) -> OrderCorrection:
    """Keeps the correction; the original stays as it came."""
    if not changes:
        raise NotPossible("Nothing was changed.")
    if hasattr(order, "prima_order"):
        raise NotPossible(f"The order is in Prima already as {order.prima_order.order_number}.")
    with transaction.atomic():
        correction = OrderCorrection.objects.create(
            order=order,
            changes={pointer: dict(change) for pointer, change in changes.items()},
            reason=text(reason, 250),
            author=actor,
            author_name=text(str(actor), 150),
        )
        trail.record(
            "order corrected",
            actor=actor,
            target=correction,
            label=order.key,
            order=order.key,
            changes={
                pointer: masked_payload(change, hide=pointer.rpartition("/")[2] in PERSONAL)
                for pointer, change in correction.changes.items()
            },
            reason=correction.reason,
        )
        return correction


def correct_all(
    keys: Sequence[str], values: Mapping[str, str], reason: str, *, actor: User
) -> list[str]:
    """Gives all the orders these values; tells which of them were changed."""
    changed = []
    for order in CampaignOrder.objects.filter(key__in=keys, prima_order__isnull=True):
        changes = changes_of(order, values)
        if changes:
            correct(order, changes, reason, actor=actor)
            changed.append(order.key)
    return changed


def replace_where_given(
    keys: Sequence[str], pointer: str, value: str, reason: str, *, actor: User
) -> None:
    """Corrects the orders that bring a value of their own there; an empty one stays empty."""
    for order in CampaignOrder.objects.filter(key__in=keys, prima_order__isnull=True):
        if _text(value_at(as_corrected(order), pointer)) not in ("", value):
            correct(order, changes_of(order, {pointer: value}), reason, actor=actor)


def _fields(at: str, label: str, row: Mapping[str, Any], columns: Mapping[str, str]) -> list[Field]:
    return [
        Field(f"{at}/{name}", f"{label}{words(name)}", _text(row.get(name)))
        for name in columns
        if name not in FIXED
    ]


def _text(value: Any) -> str:
    return "" if value is None else str(value)
