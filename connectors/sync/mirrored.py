"""Records of Prima as the mirror keeps them (`data` of its rows), both ways.

What is written with `as_data` is read back equal with the `…_from` function of its record.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connectors.prima.capabilities import Capabilities, Limits
from integration.records.address import Address
from integration.records.customer import Customer, CustomerAddress
from integration.records.item import Item

Data = Mapping[str, Any]
_AS_THEY_ARE = frozenset({str, int, bool, type(None)})


def as_data(value: Any) -> Any:
    """A record as JSON: dictionaries, amounts and times as text. What is empty is left out."""
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if isinstance(value, str | int):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, tuple | list):
        return [as_data(one) for one in value]
    if isinstance(value, Mapping):
        return {str(name): as_data(member) for name, member in value.items()}
    return _members(value) if hasattr(kind, "__dataclass_fields__") else str(value)


def _members(record: Any) -> dict[str, Any]:
    """Written for speed: every order that is booked comes by here."""
    data = {}
    for name in record.__dataclass_fields__:
        member = getattr(record, name)
        if type(member) is str:
            if member:
                data[name] = member
        elif member is not None and member != ():
            data[name] = as_data(member)
    return data


def customer_from(data: Data) -> Customer:
    members = dict(data)
    for name in ("credit_limit", "balance"):
        members[name] = _amount(members.get(name))
    members["modified_at"] = _moment(members.get("modified_at"))
    members["addresses"] = tuple(
        CustomerAddress(**{**one, "address": _address(one.get("address", {}))})
        for one in members.get("addresses", ())
    )
    return Customer(**members)


def item_from(data: Data) -> Item:
    members = dict(data)
    m1, m2, m3, m4 = members.get("variant") or ("", "", "", "")
    members["variant"] = (m1, m2, m3, m4)
    members["price"] = _amount(members.get("price"))
    members["modified_at"] = _moment(members.get("modified_at"))
    return Item(**members)


def capabilities_from(data: Data) -> Capabilities:
    """What Prima said it can do; the defaults when it was never asked."""
    members = {name: member for name, member in data.items() if name != "raw"}
    members["limits"] = Limits(**members.get("limits", {}))
    for name in ("price_basis", "currencies"):
        if name in members:
            members[name] = tuple(members[name])
    return Capabilities(**members)


def _address(data: Data) -> Address:
    return Address(**{**data, "lines": tuple(data.get("lines", ()))})


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
