"""Customers, to and from Prima's REST contract."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connectors.prima.rest.address_payload import AddressPayload, address_from, address_payload
from connectors.prima.rest.reading import choice, decimal_or_none, moment_or_none, text
from integration.records.customer import Customer, CustomerAddress

TYPES = ("company", "person")
CREDIT_STATES = ("ok", "warn", "stopped")
HOLDS = ("none", "ship", "invoice", "all")
STATES = ("active", "inactive", "merged")
ROLES = ("invoice", "delivery", "both")
# Members of an address that our records hold, and the fingerprint, which Prima computes.
READ = frozenset({"id", "role", "is_default", "fingerprint", *AddressPayload.__annotations__})


def customer_from(payload: Mapping[str, Any]) -> Customer:
    """Raises KeyError, TypeError or ValueError for what is no customer."""
    return Customer(
        id=text(payload, "id", needed=True),
        account_code=text(payload, "account_code", needed=True),
        name=text(payload, "name"),
        type=choice(payload, "type", TYPES),
        external_keys={key["system"]: key["key"] for key in payload.get("external_keys") or ()},
        vat_number=text(payload, "vat_number"),
        eori=text(payload, "eori"),
        company_number=text(payload, "company_number"),
        email=text(payload, "email"),
        phone=text(payload, "phone"),
        currency=text(payload, "currency"),
        price_list=text(payload, "price_list"),
        payment_terms=text(payload, "payment_terms"),
        credit_limit=decimal_or_none(payload, "credit_limit"),
        balance=decimal_or_none(payload, "balance"),
        credit_status=choice(payload, "credit_status", CREDIT_STATES),
        hold=choice(payload, "hold", HOLDS),
        hold_reason=text(payload, "hold_reason"),
        status=choice(payload, "status", STATES),
        merged_into=text(payload, "merged_into"),
        is_pool=bool(payload.get("is_pool")),
        addresses=tuple(_address_from(one) for one in payload.get("addresses") or ()),
        modified_at=moment_or_none(payload, "modified_at"),
        version=text(payload, "version"),
    )


def customer_payload(customer: Customer, fields: Sequence[str] = ()) -> dict[str, Any]:
    """The named fields as Prima takes them, or all that are not empty.

    ValueError for a field that Prima itself keeps: balance, version and the like.
    """
    unknown = [name for name in fields if name not in WRITTEN]
    if unknown:
        raise ValueError(f"Prima keeps {', '.join(unknown)} itself.")
    if fields:
        return {name: WRITTEN[name](customer) for name in fields}
    every = {name: write(customer) for name, write in WRITTEN.items()}
    return {name: value for name, value in every.items() if value not in ("", None, [])}


def keep_unread(addresses: list[dict[str, Any]], held: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The addresses to write, with what Prima's own have beyond our records: a change of the
    addresses replaces them all.
    """
    unread = {
        one.get("id"): {name: value for name, value in one.items() if name not in READ}
        for one in held.get("addresses") or ()
    }
    return [{**unread.get(one.get("id"), {}), **one} for one in addresses]


def _keys(customer: Customer) -> list[dict[str, str]]:
    return [{"system": system, "key": key} for system, key in customer.external_keys.items()]


def _addresses(customer: Customer) -> list[dict[str, Any]]:
    return [_address_payload(one) for one in customer.addresses]


def _credit_limit(customer: Customer) -> str | None:
    return None if customer.credit_limit is None else format(customer.credit_limit, "f")


def _field(name: str) -> Callable[[Customer], Any]:
    return lambda customer: getattr(customer, name)


_PLAIN = (
    "account_code",
    "name",
    "type",
    "vat_number",
    "eori",
    "company_number",
    "email",
    "phone",
    "currency",
    "price_list",
    "payment_terms",
    "hold",
    "hold_reason",
)
WRITTEN: dict[str, Callable[[Customer], Any]] = {
    **{name: _field(name) for name in _PLAIN},
    "external_keys": _keys,
    "credit_limit": _credit_limit,
    "addresses": _addresses,
}


def _address_from(payload: Mapping[str, Any]) -> CustomerAddress:
    return CustomerAddress(
        id=text(payload, "id"),
        role=choice(payload, "role", ROLES),
        address=address_from(payload),
        is_default=bool(payload.get("is_default")),
    )


def _address_payload(one: CustomerAddress) -> dict[str, Any]:
    payload: dict[str, Any] = {"role": one.role, "is_default": one.is_default}
    if one.id:
        payload["id"] = one.id
    return {**payload, **address_payload(one.address)}
