"""The one key of an item: its code and its non-empty matrix codes."""

from collections.abc import Mapping
from typing import Any

SEPARATOR = "|"
MATRIX = ("m1", "m2", "m3", "m4")


def sku_key(entry: Mapping[str, Any]) -> str:
    """ "BOOT|BLACK|42" for a matrix item, "BOOT" for a flat one; what cannot be read is left out."""
    sku, variant = entry.get("sku"), entry.get("variant")
    codes = [variant.get(name) for name in MATRIX] if isinstance(variant, dict) else []
    return SEPARATOR.join(c for c in (sku, *codes) if isinstance(c, str) and c)
