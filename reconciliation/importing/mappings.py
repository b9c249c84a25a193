"""Formats a file can be in: the built-in ones and the tables that people mapped."""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Literal

from connectors.gateways.amounts import Mark
from connectors.gateways.formats.generic_csv import GenericCsv
from connectors.gateways.gateway import Format, formats
from connectors.gateways.mapping import GenericMapping
from connectors.gateways.moments import Order
from connectors.gateways.recognition import recognised
from integration.records.payout import LineKind
from reconciliation.importing.problems import NotImported
from reconciliation.models import GatewayMapping

MAPPED = "mapping:"


def mapping_of(row: GatewayMapping) -> GenericMapping:
    """The mapping as set up. Raises ValueError for a word that is none of the allowed ones."""
    given: Mapping[str, Any] = row.settings
    default = given.get("default_kind")
    return GenericMapping(
        name=row.name,
        gateway=row.gateway,
        columns={str(name): str(title) for name, title in given.get("columns", {}).items()},
        kinds={str(word): LineKind(kind) for word, kind in given.get("kinds", {}).items()},
        default_kind=LineKind(default) if default else None,
        delimiter=str(given.get("delimiter", "")),
        mark=Mark(given["mark"]) if given.get("mark") else Mark.POINT,
        dates=Order(given["dates"]) if given.get("dates") else Order.YEAR_FIRST,
        zone=str(given.get("zone") or "UTC"),
        currency=str(given.get("currency", "")),
        account=str(given.get("account", "")),
        minor_units=bool(given.get("minor_units")),
        signs=_signs(given.get("signs")),
        fee_sign="movement" if given.get("fee_sign") == "movement" else "cost",
        total_column=str(given.get("total_column", "")),
        total_words=tuple(str(word) for word in given.get("total_words", [])),
        total_empty=bool(given.get("total_empty")),
    )


def _signs(word: object) -> Literal["stated", "by_kind"]:
    return "by_kind" if word == "by_kind" else "stated"


class MappedTable(GenericCsv):
    """A table as a person mapped it, known by `mapping:` and its name."""

    def __init__(self, row: GatewayMapping) -> None:
        super().__init__(mapping_of(row))
        self.slug = f"{MAPPED}{row.name}"


def mapped() -> Iterator[Format]:
    for row in GatewayMapping.objects.all():
        yield MappedTable(row)


def choices() -> list[tuple[str, str]]:
    """What a person may say a file is, by title."""
    built_in = [one for one in formats().values() if one.slug != GenericCsv.slug]
    known = [*built_in, *mapped()]
    return sorted(((one.slug, one.title) for one in known), key=lambda pair: pair[1])


def title_of(slug: str) -> str:
    """The words for a format, also for one that is gone."""
    if slug in formats():
        return formats()[slug].title
    return slug.removeprefix(MAPPED)


def format_for(stream: BinaryIO, name: str, chosen: str = "") -> tuple[Format, str]:
    """The format that was chosen or that knows the file, and why.

    Raises FileProblem when none or several know it, NotImported for a choice that is no format.
    """
    if chosen:
        found = {**formats(), **{one.slug: one for one in mapped()}}.get(chosen)
        if found is None:
            raise NotImported(f"There is no format “{chosen}”.")
        return found, "It was chosen by hand."
    form, answer = recognised(stream, name, mapped())
    return form, answer.reason
