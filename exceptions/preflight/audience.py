"""Reads the audience of a campaign page by page, with what the desk knows of each contact besides."""

from collections.abc import Iterator, Mapping, Sequence

from connectors.sfmc.client import SfmcClient
from connectors.sync.orders.arrival import record
from connectors.sync.source_tables import SourceTables
from exceptions.preflight.ground import Someone
from integration.mirror.models import Contact

PAGE = 1_000
_ENOUGH = frozenset({"line1", "postcode", "city"})


def pages(client: SfmcClient, audience: str) -> Iterator[list[Someone]]:
    """Every contact of the data extension, read by the columns of the contact table.

    Raises the errors of `connectors.errors`: an audience that is not there is Rejected.
    """
    fields = SourceTables.of(client).columns.fields["contact"]
    for page in client.data_extensions.read_rows(audience, page_size=PAGE):
        rows = [_told(record(row.columns(), fields)) for row in page.rows]
        if rows:
            yield _people(rows)


def _told(row: Mapping[str, object]) -> dict[str, str]:
    return {name: value for name, value in row.items() if isinstance(value, str) and value}


def _people(rows: Sequence[dict[str, str]]) -> list[Someone]:
    """What the audience says of a contact stands before what was read of them earlier."""
    known = {
        contact.key: contact.data
        for contact in Contact.objects.filter(
            key__in=[row["key"] for row in rows if row.get("key")], deleted_at__isnull=True
        )
    }
    return [_someone({**_told(known.get(row.get("key", ""), {})), **row}) for row in rows]


def _someone(fields: dict[str, str]) -> Someone:
    person = f"{fields.get('first_name', '')} {fields.get('last_name', '')}".strip()
    return Someone(
        key=fields.get("key", ""),
        email=fields.get("email", ""),
        name=fields.get("company_name") or person,
        fields=fields,
        is_known=bool(_ENOUGH & fields.keys()),
    )
