"""Reading and writing rows of data extensions over REST."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from connectors.answer import Answer
from connectors.errors import NotFound, Rejected
from connectors.http import query
from connectors.sfmc.async_rows import AsyncRows
from connectors.sfmc.calls import RestCalls
from connectors.sfmc.filters import Filter
from connectors.sfmc.problems import RowsRejected
from connectors.sfmc.rows import Row, RowOutcome, RowPage, RowWrite, pieces, row_from

PAGE_SIZE = 2_500
SYNC_ROWS = 50
SYNC_BYTES = 5_000_000
RESTARTS = 3


class DataExtensions:
    """`key` is the external key of a data extension."""

    def __init__(self, calls: RestCalls) -> None:
        self._calls = calls
        self.in_background = AsyncRows(calls)

    def read_rows(
        self,
        key: str,
        *,
        filter: Filter | None = None,  # noqa: A002 - Marketing Cloud's word for it
        order_by: str = "",
        fields: Sequence[str] = (),
        page_size: int = PAGE_SIZE,
    ) -> Iterator[RowPage]:
        """The matching rows as they stood at the first page, a page at a time.

        When Marketing Cloud forgets what was asked in the middle (it does after half an hour), the
        reading starts again from the first page, so that no row is missed: a row may come twice.
        """
        asked: dict[str, str | int] = {"$page": 1, "$pageSize": page_size}
        if filter is not None:
            asked["$filter"] = filter.text
        if order_by:
            asked["$orderBy"] = order_by
        if fields:
            asked["$fields"] = ",".join(fields)
        start = f"/data/v1/customobjectdata/key/{quote(key, safe='')}/rowset{query(asked)}"
        for _ in range(RESTARTS):
            try:
                yield from self._pages(start)
                return
            except _Forgotten:
                continue
        yield from self._pages(start)

    def upsert_rows(self, key: str, rows: Sequence[RowWrite]) -> list[RowOutcome]:
        """Writes the rows at once, at most 50 a call, and says what became of each.

        Marketing Cloud stores what comes before the first bad row of a call and does not say which
        row that was; so a refused call is halved until each bad row stands alone.
        """
        target = f"/hub/v1/dataevents/key:{quote(key, safe='')}/rowset"
        outcomes: list[RowOutcome] = []
        nested = [row.nested() for row in rows]
        for first, texts in pieces(nested, most=SYNC_ROWS, most_bytes=SYNC_BYTES):
            outcomes += self._upsert(target, first, texts)
        return outcomes

    def delete_rows(self, key: str, keys: Sequence[dict[str, str]]) -> None:
        """Deletes the rows with these primary keys; those that are not there are no error."""
        target = f"/hub/v1/dataevents/key:{quote(key, safe='')}/rowset/delete"
        nested = [{"keys": one} for one in keys]
        for _, texts in pieces(nested, most=SYNC_ROWS, most_bytes=SYNC_BYTES):
            self._calls.send_body("POST", target, _array(texts))

    def _upsert(self, target: str, first: int, texts: list[bytes]) -> list[RowOutcome]:
        try:
            self._calls.send_body("POST", target, _array(texts))
        except RowsRejected as error:
            if len(texts) == 1:
                return [_refused(first, error)]
            middle = len(texts) // 2
            return self._upsert(target, first, texts[:middle]) + self._upsert(
                target, first + middle, texts[middle:]
            )
        return [RowOutcome(first + offset, ok=True) for offset in range(len(texts))]

    def _pages(self, start: str) -> Iterator[RowPage]:
        target, number, seen = start, 1, 0
        while True:
            answer = self._page(target, number)
            body = answer.json_object()
            page = _page_from(answer, body, number)
            yield page
            seen += len(page.rows)
            number += 1
            onward = _next_target(answer, body, number, more=seen < page.count)
            if not page.rows or onward is None:
                return
            target = onward

    def _page(self, target: str, number: int) -> Answer:
        try:
            return self._calls.send("GET", target)
        except (NotFound, Rejected) as error:
            if number == 1:
                raise
            raise _Forgotten from error


class _Forgotten(Exception):
    """The request token has expired."""


def _page_from(answer: Answer, body: dict[str, Any], number: int) -> RowPage:
    try:
        rows: tuple[Row, ...] = tuple(row_from(item) for item in body.get("items") or ())
        return RowPage(rows, int(body["count"]), number)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise answer.unexpected("answered with rows that cannot be read") from error


def _next_target(answer: Answer, body: dict[str, Any], number: int, *, more: bool) -> str | None:
    """Where the next page is, or None behind the last. Links are relative to /data.

    A link counts more than the number of rows, which is not always right.
    """
    links = body.get("links")
    link = links.get("next") if isinstance(links, dict) else None
    if isinstance(link, str) and link.startswith("/"):
        return f"/data{link}"
    if not more:
        return None
    token = body.get("requestToken")
    if not isinstance(token, str) or not token:
        raise answer.unexpected("did not say where the next page of rows is")
    return f"/data/v1/customobjectdata/token/{quote(token, safe='')}/rowset?$page={number}"


def _refused(index: int, error: RowsRejected) -> RowOutcome:
    messages = " ".join(issue.message for issue in error.issues)
    return RowOutcome(index, ok=False, message=messages, code=error.issues[0].code)


def _array(texts: list[bytes]) -> bytes:
    return b"[" + b",".join(texts) + b"]"
