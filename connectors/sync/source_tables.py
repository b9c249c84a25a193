"""The data extensions that hold campaign orders and contacts: where they are, and cheap reads."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from urllib.parse import quote

from connectors.sfmc.client import SfmcClient
from connectors.sfmc.filters import Filter, order_by, where, where_empty, where_in
from connectors.sync.orders.arrival import Arrival, Row, SourceColumns, arrivals
from integration.mapping.columns import COLUMNS, DATA_EXTENSIONS
from integration.mapping.models import SourceTable

KEYS_PER_CALL = 200
"""Order keys in one filter: the filter travels in the address, which must not grow too long."""
KEY_CHARACTERS_PER_CALL = 6_000


@dataclass(frozen=True, slots=True)
class SourceTables:
    """`names` and `renamed` by part: "order", "line", "promotion", "contact"."""

    client: SfmcClient
    names: Mapping[str, str]
    renamed: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, client: SfmcClient) -> "SourceTables":
        """As admin has set them; what is not set has its usual name."""
        rows = list(SourceTable.objects.all())
        return cls(
            client,
            {**DATA_EXTENSIONS, **{row.part: row.data_extension for row in rows}},
            {row.part: row.columns for row in rows},
        )

    @property
    def columns(self) -> SourceColumns:
        return SourceColumns.of(self.renamed)

    def column(self, part: str, field: str) -> str:
        return self.renamed.get(part, {}).get(field) or COLUMNS[part][field]

    def headers_since(self, moment: datetime | None, page_size: int) -> Iterator[list[Row]]:
        """Headers changed at or after the moment (None: all), oldest first, in pages."""
        yield from self.changed_since("order", moment, page_size)

    def headers_without_moment(self, page_size: int) -> Iterator[list[Row]]:
        """Headers that never say when they changed; they would be missed for ever."""
        yield from self.without_moment("order", page_size)

    def changed_since(
        self, part: str, moment: datetime | None, page_size: int
    ) -> Iterator[list[Row]]:
        """Rows changed at or after the moment (None: all), oldest first, in pages."""
        column = self.column(part, "modified_at")
        wanted = None if moment is None else where(column, "gte", moment)
        yield from self._pages(part, wanted, page_size, order_by(column))

    def without_moment(self, part: str, page_size: int) -> Iterator[list[Row]]:
        """Rows that never say when they changed."""
        column = self.column(part, "modified_at")
        yield from self._pages(part, where_empty(column), page_size, "")

    def every(self, part: str, after: str, page_size: int) -> Iterator[list[Row]]:
        """All rows with a key behind this one, by key, in pages."""
        column = self.column(part, "key")
        wanted = where(column, "gt", after) if after else None
        yield from self._pages(part, wanted, page_size, order_by(column))

    def headers_of(self, keys: Sequence[str]) -> Iterator[Row]:
        yield from self._by_key("order", "key", keys)

    def assembled(self, headers: Sequence[Row], keys: Iterable[str] = ()) -> list[Arrival]:
        """The headers with their lines and promotions; `keys` are read although headless."""
        wanted = list(dict.fromkeys([*filter(None, map(self.key_of, headers)), *keys]))
        lines = list(self._by_key("line", "order_key", wanted))
        promotions = list(self._by_key("promotion", "order_key", wanted))
        return arrivals(headers, lines, promotions, self.columns)

    def key_of(self, header: Row) -> str:
        return str(header.get(self.column("order", "key").lower()) or "").strip()

    def line_keys(self, page_size: int) -> Iterator[set[str]]:
        """The order keys of all lines, a page at a time."""
        column = self.column("line", "order_key")
        for page in self.client.data_extensions.read_rows(
            self.names["line"], fields=[column], page_size=page_size
        ):
            found = {str(row.columns().get(column.lower()) or "").strip() for row in page.rows}
            yield found - {""}

    def _by_key(self, part: str, field: str, keys: Sequence[str]) -> Iterator[Row]:
        column = self.column(part, field)
        for some in _portions(keys):
            for page in self._pages(part, where_in(column, some), 2_500, ""):
                yield from page

    def _pages(
        self, part: str, wanted: Filter | None, page_size: int, order: str
    ) -> Iterator[list[Row]]:
        for page in self.client.data_extensions.read_rows(
            self.names[part], filter=wanted, order_by=order, page_size=page_size
        ):
            if page.rows:
                yield [row.columns() for row in page.rows]


def _portions(keys: Sequence[str]) -> Iterator[list[str]]:
    """The keys in lists that fit into one address."""
    rest = iter(keys)
    while some := list(islice(rest, KEYS_PER_CALL)):
        while some:
            taken, length = 0, 0
            while taken < len(some) and (length < KEY_CHARACTERS_PER_CALL or taken == 0):
                length += len(quote(some[taken])) + len("%27%27%2C")
                taken += 1
            yield some[:taken]
            some = some[taken:]
