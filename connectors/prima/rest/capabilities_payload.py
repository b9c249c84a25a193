"""Prima's /capabilities, read into what the desk branches on."""

from collections.abc import Mapping
from typing import Any

from connectors.prima.capabilities import Capabilities, Limits
from connectors.prima.rest.reading import choice

ADAPTERS = ("rest", "soap", "file")
CHARSETS = ("utf-8", "iso-8859-1")
VAT_ROUNDINGS = ("line", "invoice")
ROUNDING_MODES = ("half_up", "half_even")
BASES = frozenset({"net", "gross"})
ORDER_DISCOUNTS = ("allocate_to_lines", "native")
CONSENT_WRITES = ("endpoint", "none", "with_order")
CHANGE_FEEDS = ("cursor", "modified_since", "snapshot_diff")


def capabilities_from(payload: Mapping[str, Any]) -> Capabilities:
    """Raises KeyError, TypeError or ValueError for what cannot be read."""
    bases = tuple(payload.get("price_basis") or ())
    if not bases or not BASES.issuperset(bases):
        raise ValueError("price_basis holds neither net nor gross.")
    return Capabilities(
        contract=str(payload["contract_version"]),
        adapter=choice(payload, "adapter", ADAPTERS),
        limits=_limits(payload.get("limits") or {}),
        charset=choice(payload, "charset", CHARSETS),
        vat_rounding=choice(payload, "vat_rounding", VAT_ROUNDINGS),
        rounding_mode=choice(payload, "rounding_mode", ROUNDING_MODES),
        price_basis=bases,
        order_discount=choice(payload, "order_discount", ORDER_DISCOUNTS),
        consent_write=choice(payload, "consent_write", CONSENT_WRITES),
        change_feed=choice(payload, "change_feed", CHANGE_FEEDS),
        notifies=_creates(payload.get("resources"), "subscriptions"),
        batches=_creates(payload.get("resources"), "batch"),
        currencies=tuple(str(code) for code in payload.get("currencies") or ()),
        tax_codes={str(code): str(rate) for code, rate in (payload.get("tax_codes") or {}).items()},
        raw=dict(payload),
    )


def _creates(resources: object, which: str) -> bool:
    """Not when it says what it can do with each resource, and creating this is not among it."""
    if not isinstance(resources, Mapping) or not resources:
        return True
    return "create" in (resources.get(which) or ())


def _limits(payload: Mapping[str, Any]) -> Limits:
    known = Limits()
    return Limits(
        max_length={path: int(most) for path, most in (payload.get("max_length") or {}).items()},
        address_lines=int(payload.get("address_lines") or known.address_lines),
        max_lines=int(payload.get("max_lines") or known.max_lines),
        batch_size=int(payload.get("batch_size") or known.batch_size),
        page_size=int(payload.get("page_size") or known.page_size),
        calls_per_second=int(payload.get("calls_per_second") or 0),
        concurrency=int(payload.get("concurrency") or known.concurrency),
    )
