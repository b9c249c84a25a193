"""Personal data, masked for roles that need not see it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

PERSONAL = frozenset(
    {
        "email", "first_name", "last_name", "phone", "customer_name", "name", "tax_number",
        "invoice_name", "invoice_line1", "invoice_line2", "invoice_line3", "invoice_postcode",
        "delivery_name", "delivery_line1", "delivery_line2", "delivery_line3", "delivery_postcode",
        "lines_of_address", "attention", "postcode", "vat_number", "mobile",
    }
)  # fmt: skip


def masked(text: str) -> str:
    """The first letter of each word, the rest as dots; an address keeps its domain."""
    if "@" in text:
        name, _, domain = text.rpartition("@")
        return f"{name[:1]}•••@{domain}"
    return " ".join(f"{word[:1]}•••" for word in text.split())


def masked_payload(payload: Any, names: Collection[str] = PERSONAL, *, hide: bool = False) -> Any:
    """The payload with the values of personal fields masked; shape and keys stay."""
    if isinstance(payload, Mapping):
        return {
            key: masked_payload(value, names, hide=hide or _is_personal(str(key), names))
            for key, value in payload.items()
        }
    if isinstance(payload, Sequence) and not isinstance(payload, str):
        return [masked_payload(value, names, hide=hide) for value in payload]
    return masked(str(payload)) if hide and payload not in (None, "") else payload


def _is_personal(key: str, names: Collection[str]) -> bool:
    return key in names or key.endswith("_address")
