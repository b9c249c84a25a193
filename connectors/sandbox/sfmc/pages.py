"""What Marketing Cloud holds, to look at: data extensions, subscribers, journeys, for training."""

from collections.abc import Callable, Sequence
from html import escape
from urllib.parse import quote, urlencode

from werkzeug.wrappers import Response

from connectors.sandbox.sfmc import data_extensions, people
from connectors.sandbox.sfmc.async_rows import settle
from connectors.sandbox.sfmc.call import Call
from connectors.sandbox.sfmc.cloud import Cloud, number, rows
from connectors.sandbox.sfmc.people import Unsubscription
from connectors.sandbox.sfmc.values import shown

PREFIX = "/sfmc/"
PAGE = 50
SECTIONS = (
    ("", "Data extensions"),
    ("subscribers", "Subscribers"),
    ("journeys", "Journeys"),
    ("unsubscribes", "Unsubscribes"),
)
STYLE = (
    "body{font-family:system-ui,sans-serif;margin:0 auto;max-width:72rem;padding:1rem;color:#1b1b1b}"
    "nav a{margin-right:1rem}table{border-collapse:collapse;margin:1rem 0;display:block;"
    "overflow-x:auto}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ccc}"
    "caption{text-align:left;font-weight:600;padding:.3rem 0}a,button{color:#0b4f8a}form{margin:0}"
)
Table = tuple[Sequence[str], Sequence[Sequence[str]]]


def page(cloud: Cloud, call: Call) -> Response | None:
    """The training page at this path, or None when there is none."""
    if call.method == "POST" and call.path == "/pages/unsubscribe":
        return _unsubscribe(cloud, call)
    if call.method not in {"GET", "HEAD"}:
        return None
    section, name = ([*call.segments, "", ""])[:2]
    if section.lower() == "rows":
        return _rows(cloud, call, name)
    shows: dict[str, Callable[[Cloud, int], tuple[str, Table, int]]] = {
        "": _extensions,
        "subscribers": _subscribers,
        "journeys": _journeys,
        "unsubscribes": _unsubscribes,
    }
    if section.lower() not in shows or name:
        return None
    at = _page_number(call)
    title, table, count = shows[section.lower()](cloud, at)
    return _document(title, _table(title, table) + _pager(section, at, count))


def _extensions(cloud: Cloud, at: int) -> tuple[str, Table, int]:
    settle(cloud)
    found = list(cloud.extensions.values())
    listed = []
    with cloud.store.read() as db:
        for one in found[(at - 1) * PAGE : at * PAGE]:
            total = number(db, f"SELECT count(*) FROM {one.table}")  # noqa: S608
            columns = ", ".join(
                column.name + (" (key)" if column.primary_key else "") for column in one.columns
            )
            link = f'<a href="{PREFIX}rows/{quote(one.key, safe="")}">{escape(one.name)}</a>'
            listed.append((link, escape(one.key), str(total), escape(columns)))
    return "Data extensions", (("Name", "Key", "Rows", "Columns"), listed), len(found)


def _rows(cloud: Cloud, call: Call, key: str) -> Response | None:
    settle(cloud)
    extension = data_extensions.by_key(cloud, key)
    if extension is None:
        return None
    at = _page_number(call)
    with cloud.store.read() as db:
        count = number(db, f"SELECT count(*) FROM {extension.table}")  # noqa: S608
        columns = ",".join(column.sql for column in extension.columns)
        found = rows(
            db,
            f"SELECT {columns} FROM {extension.table} ORDER BY row LIMIT ? OFFSET ?",  # noqa: S608
            PAGE,
            (at - 1) * PAGE,
        )
    shows = [shown(column) for column in extension.columns]
    listed = [
        [escape(show(value)) for show, value in zip(shows, tuple(one), strict=True)]
        for one in found
    ]
    heads = [column.name for column in extension.columns]
    body = _table(f"{extension.name}: {count} rows", (heads, listed))
    return _document(extension.name, body + _pager(f"rows/{quote(extension.key)}", at, count))


def _subscribers(cloud: Cloud, at: int) -> tuple[str, Table, int]:
    with cloud.store.read() as db:
        count = number(db, "SELECT count(*) FROM contacts WHERE status IS NOT NULL")
        found = rows(
            db,
            "SELECT * FROM contacts WHERE status IS NOT NULL ORDER BY id LIMIT ? OFFSET ?",
            PAGE,
            (at - 1) * PAGE,
        )
    listed = [
        (
            escape(one["key"]),
            escape(one["email"] or ""),
            escape(one["status"]),
            escape(one["unsubscribed"] or ""),
            _button(one["key"]) if one["status"] != people.UNSUBSCRIBED else "",
        )
        for one in found
    ]
    heads = ("Contact key", "E-mail", "Status", "Unsubscribed on", "As the person would")
    return "Subscribers", (heads, listed), count


def _journeys(cloud: Cloud, at: int) -> tuple[str, Table, int]:
    with cloud.store.read() as db:
        count = number(db, "SELECT count(*) FROM journeys")
        found = rows(
            db,
            "SELECT j.*, (SELECT count(*) FROM memberships m WHERE m.journey = j.key AND"
            " m.version = j.version AND (m.leaves IS NULL OR m.leaves > ?)) AS inside,"
            " (SELECT group_concat(contact, ', ') FROM (SELECT contact FROM memberships m WHERE"
            " m.journey = j.key AND m.version = j.version AND (m.leaves IS NULL OR m.leaves > ?)"
            " LIMIT 20)) AS members FROM journeys j ORDER BY j.key, j.version LIMIT ? OFFSET ?",
            cloud.seconds(),
            cloud.seconds(),
            PAGE,
            (at - 1) * PAGE,
        )
    listed = [
        (
            escape(one["name"]),
            escape(one["key"]),
            str(one["version"]),
            escape(one["status"]),
            str(one["inside"]),
            escape(one["members"] or ""),
        )
        for one in found
    ]
    heads = ("Journey", "Key", "Version", "Status", "Members", "Some of them")
    return "Journeys", (heads, listed), count


def _unsubscribes(cloud: Cloud, at: int) -> tuple[str, Table, int]:
    with cloud.store.read() as db:
        count = number(db, "SELECT count(*) FROM tracking WHERE type = 'Unsubscribe'")
        found = rows(
            db,
            "SELECT * FROM tracking WHERE type = 'Unsubscribe' ORDER BY number DESC"
            " LIMIT ? OFFSET ?",
            PAGE,
            (at - 1) * PAGE,
        )
    listed = [
        (
            escape(one["at"]),
            escape(one["key"]),
            "everything" if one["master"] else f"list {one['list']}",
            escape(one["reason"] or ""),
        )
        for one in found
    ]
    return "Unsubscribes", (("When", "Contact key", "From", "Reason"), listed), count


def _unsubscribe(cloud: Cloud, call: Call) -> Response | None:
    """What happens when the person follows the link in an e-mail."""
    key = call.form().get("key", "")
    with cloud.store.write() as db:
        person = people.by_key(db, key)
        if person is None:
            return None
        if person["status"] == people.ACTIVE:
            people.unsubscribe(db, cloud, person, Unsubscription(reason="Followed the link"))
    return Response(status=303, headers={"Location": f"{PREFIX}subscribers"})


def _button(key: str) -> str:
    return (
        f'<form method="post" action="{PREFIX}pages/unsubscribe">'
        f'<input type="hidden" name="key" value="{escape(key)}">'
        f'<button aria-label="Unsubscribe {escape(key)}">Unsubscribe</button></form>'
    )


def _page_number(call: Call) -> int:
    text = call.query.get("page", "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 10 else 1


def _pager(section: str, at: int, count: int) -> str:
    last = max(1, -(-count // PAGE))
    base = f"{PREFIX}{section}"
    parts = [f"<p>Page {at} of {last}.</p>"]
    for words, to in (("Previous page", at - 1), ("Next page", at + 1)):
        if 1 <= to <= last:
            parts.append(f'<a href="{escape(base)}?{urlencode({"page": to})}">{words}</a> ')
    return "".join(parts)


def _table(caption: str, table: Table) -> str:
    heads, listed = table
    if not listed:
        return f"<h1>{escape(caption)}</h1><p>There is nothing here yet.</p>"
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in entry)}</tr>" for entry in listed)
    return (
        f"<h1>{escape(caption)}</h1><table><caption>{escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _document(title: str, body: str) -> Response:
    links = "".join(f'<a href="{PREFIX}{name}">{escape(words)}</a>' for name, words in SECTIONS)
    page_text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} – Marketing Cloud sandbox</title><style>{STYLE}</style></head>"
        f'<body><nav aria-label="Sections">{links}<a href="/">Sandbox</a></nav>'
        f"<main>{body}</main></body></html>"
    )
    return Response(page_text, content_type="text/html; charset=utf-8")
