"""Payloads as rows of text for the side-by-side view, with the bad fields marked."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integration.mapping.columns import COLUMNS

_READ_FIRST = (
    "external_ref", "system", "ref", "order_number", "channel", "order_date", "customer",
    "account_code", "order", *COLUMNS["order"], "source_media", "attribution", "invoice_address",
    "delivery_address", "name", "line1", "city", "county", "postcode", "country", "lines",
    "line_ref", *COLUMNS["line"], "kind", "allocations", "discount_ref", "net_amount", "tax_code",
    "tax_rate", "tax_amount", "promotions", *COLUMNS["promotion"], "discounts", "charges",
    "payments", "totals", "expected_totals", "goods_net", "discount_total", "charges_net",
    "tax_total", "gross", "tax_summary", "extra",
)  # fmt: skip
_PLACES = {name: place for place, name in reversed(list(enumerate(_READ_FIRST)))}
_WORDS = {
    "sku": "SKU", "po": "PO", "id": "ID", "vat": "VAT", "uom": "unit", "ref": "reference",
    "no": "number", "nos": "numbers", "skus": "SKUs", "rowid": "row ID", "extra": "other columns",
    "line1": "line 1", "line2": "line 2", "line3": "line 3",
}  # fmt: skip
_ROW_KEYS = frozenset({"rowid"})
"""Columns that only number the rows of a data extension: nobody decides by them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One field. A `group` row is a heading without a value."""

    pointer: str
    label: str
    value: str
    bad: bool = False
    changed: bool = False
    original: str = ""
    group: bool = False
    depth: int = 0


def rows(
    payload: Any,
    bad: Collection[str] = (),
    changes: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[Row]:
    """The payload's leaves in reading order; `changes` are a person's corrections by pointer."""
    return list(_walk(payload, "", "", 0, frozenset(bad), changes or {}))


def _walk(
    node: Any,
    pointer: str,
    label: str,
    depth: int,
    bad: frozenset[str],
    changes: Mapping[str, Mapping[str, Any]],
) -> Iterator[Row]:
    if isinstance(node, Mapping):
        yield from _group(pointer, label, depth, bad)
        for key, value in sorted(node.items(), key=_rank):
            if key == "extra" and isinstance(value, Mapping) and _ROW_KEYS.issuperset(value):
                continue
            step = str(key).replace("~", "~0").replace("/", "~1")
            yield from _walk(value, f"{pointer}/{step}", words(key), depth + 1, bad, changes)
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for index, value in enumerate(node):
            name = f"{singular(label)} {index + 1}"
            yield from _walk(value, f"{pointer}/{index}", name, depth, bad, changes)
    elif node not in (None, ""):
        yield _leaf(node, pointer, label, depth, bad, changes)
    elif pointer in bad:
        yield Row(pointer, label, "(empty)", bad=True, depth=depth)


def _rank(field: tuple[object, Any]) -> int:
    """Where a field stands on a page: the database does not keep the order of a payload."""
    return _PLACES.get(str(field[0]), len(_PLACES))


def _group(pointer: str, label: str, depth: int, bad: frozenset[str]) -> Iterator[Row]:
    if label:
        yield Row(pointer, label, "", bad=pointer in bad, group=True, depth=depth)


def _leaf(
    node: Any,
    pointer: str,
    label: str,
    depth: int,
    bad: frozenset[str],
    changes: Mapping[str, Mapping[str, Any]],
) -> Row:
    change = changes.get(pointer)
    value = str(change["to"]) if change else visible(str(node))
    return Row(
        pointer,
        label,
        value,
        bad=pointer in bad,
        changed=change is not None,
        original=visible(str(node)) if change else "",
        depth=depth,
    )


def visible(text: str) -> str:
    """The text with control characters shown as their pictures, so that nothing hides."""
    return "".join(
        chr(0x2400 + ord(char)) if ord(char) < 32 and char != "\n" else char for char in text
    )


def words(name: object) -> str:
    """A field name in words: "unit_price" → "Unit price"."""
    parts = [_WORDS.get(part, part) for part in str(name).split("_")]
    text = " ".join(parts)
    return text[:1].upper() + text[1:]


def singular(label: str) -> str:
    return label[:-1] if label.endswith("s") and not label.endswith("ss") else label
