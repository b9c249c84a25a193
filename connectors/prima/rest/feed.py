"""Pages of a change feed."""

from collections.abc import Mapping
from typing import Any

from connectors.prima.port import Change, ChangePage
from connectors.prima.rest.calls import Reader, Record
from connectors.prima.rest.reading import choice, text

OPS = ("upsert", "delete")


def page_from(payload: Mapping[str, Any], reader: Reader[Record]) -> ChangePage[Record]:
    """Raises KeyError, TypeError or ValueError for what is no page."""
    return ChangePage(
        changes=tuple(_change(entry, reader) for entry in payload["items"]),
        cursor=text(payload, "next_cursor", needed=True),
        has_more=bool(payload["has_more"]),
    )


def _change(entry: Mapping[str, Any], reader: Reader[Record]) -> Change[Record]:
    op = choice(entry, "op", OPS)
    return Change(
        op=op,
        id=text(entry, "id", needed=True),
        version=text(entry, "version"),
        record=reader({**entry["data"], "version": text(entry, "version")})
        if op == "upsert"
        else None,
    )
