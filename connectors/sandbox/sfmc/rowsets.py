"""Rows written at once: a rowset, a single row, a delete, an increment."""

from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Response

from connectors.sandbox.faults import Fault
from connectors.sandbox.sfmc import data_extensions, rows
from connectors.sandbox.sfmc.call import Call
from connectors.sandbox.sfmc.cloud import Cloud, row
from connectors.sandbox.sfmc.data_extensions import DataExtension, unknown_key
from connectors.sandbox.sfmc.errors import Refused, answer, invalid_parameter, standard
from connectors.sandbox.sfmc.routes import Route
from connectors.sandbox.sfmc.rows import Kept, RowRefused, Rules
from connectors.sandbox.sfmc.values import shown

LARGEST_BODY = 5 * 1024 * 1024
SAMPLE_ERROR = (
    "Email: The value for column [Email] is not a valid email address. "
    "Parse error [InvalidEmailAddress]"
)
Entry = dict[str, dict[str, Any]]
Change = Callable[[Kept], None]


def write_rowset(cloud: Cloud, call: Call) -> Response:
    """POST …/rowset: an upsert by key. Stops at the first bad row; the rows before it stay."""
    extension, entries = _asked(cloud, call)
    if fault := cloud.fault("rows_10006", call):
        raise _faulty(extension, fault)
    rules = Rules(refuse_null=cloud.fault("refuse_null", call) is not None)
    errors: list[str] = []
    with cloud.store.write() as db:
        for entry in entries:
            try:
                values = _row(extension, entry, rules)
                if not errors:
                    rows.upsert(db, extension, values)
            except RowRefused as refused:
                errors += refused.messages
    if errors:
        raise not_saved(extension, errors)
    return answer(call.json())


def delete_rowset(cloud: Cloud, call: Call) -> Response:
    extension, entries = _asked(cloud, call)
    with cloud.store.write() as db:
        for entry in entries:
            try:
                rows.delete(db, extension, rows.checked(extension, entry["keys"]))
            except RowRefused as refused:
                raise not_saved(extension, refused.messages) from refused
    return answer(call.json())


def write_row(cloud: Cloud, call: Call) -> Response:
    """PUT …/rows/{pk}:{value}"""
    extension = data_extensions.required(cloud, call.names["de"])
    keys = keys_in_path(extension, call.names["row"])
    values = call.object().get("values")
    if not isinstance(values, dict):
        raise standard("The request body must have a values object.", 10000)
    rules = Rules(refuse_null=cloud.fault("refuse_null", call) is not None)
    try:
        with cloud.store.write() as db:
            rows.upsert(db, extension, rows.checked(extension, {**values, **keys}, rules))
    except RowRefused as refused:
        raise not_saved(extension, refused.messages) from refused
    return answer({"keys": keys, "values": values})


def increment(cloud: Cloud, call: Call) -> Response:
    """PUT …/rows/{pk}:{value}/column/{column}/increment"""
    extension = data_extensions.required(cloud, call.names["de"])
    keys = keys_in_path(extension, call.names["row"])
    column = extension.column(call.names["column"])
    if column is None or column.type not in {"Number", "Decimal"} or column.primary_key:
        raise invalid_parameter(call.names["column"])
    step = rows.checked(extension, {column.name: call.query.get("step", "1")})[column]
    values = rows.checked(extension, keys)
    where = " AND ".join(f"{key.sql}=?" for key in extension.keys)
    key_values = tuple(values[key] for key in extension.keys)
    with cloud.store.write() as db:
        changed = db.execute(
            f"UPDATE {extension.table} SET {column.sql}=COALESCE({column.sql},0)+? WHERE {where}",  # noqa: S608
            (step, *key_values),
        )
        if not changed.rowcount:
            rows.insert(db, extension, {**values, column: step})
        found = row(
            db,
            f"SELECT {column.sql} FROM {extension.table} WHERE {where}",  # noqa: S608
            *key_values,
        )
    text = shown(column)(found[0] if found else None)
    return answer({"keys": keys, "values": {column.name: text}})


def entries_of(call: Call) -> list[Entry]:
    """The body as rows of keys and values."""
    found = []
    for entry in call.array():
        if not isinstance(entry, dict):
            raise standard("Every row must have keys and values.", 10000)
        parts = {str(name).lower(): value for name, value in entry.items()}
        keys, values = parts.get("keys") or {}, parts.get("values") or {}
        if not isinstance(keys, dict) or not isinstance(values, dict):
            raise standard("Every row must have keys and values.", 10000)
        found.append({"keys": keys, "values": values})
    return found


def check_keys(extension: DataExtension, entries: list[Entry]) -> None:
    """The keys of every row name exactly the primary key."""
    wanted = {column.name.lower() for column in extension.keys}
    for entry in entries:
        given = {name.strip().lower() for name in entry["keys"]}
        for name in entry["keys"]:
            if name.strip().lower() not in wanted:
                raise unknown_key(name)
        for column in extension.keys:
            if column.name.lower() not in given:
                raise standard(f"Primary key '{column.name}' is missing.", 10000)


def keys_in_path(extension: DataExtension, text: str) -> dict[str, str]:
    """`OrderId:1001,LineNo:2` as a dictionary."""
    keys = {}
    for part in text.split(","):
        name, colon, value = part.partition(":")
        if not colon:
            raise invalid_parameter(text)
        keys[name] = value
    check_keys(extension, [{"keys": keys, "values": {}}])
    return keys


def not_saved(extension: DataExtension, messages: list[str] | None) -> Refused:
    """Equal errors are folded into one, none tells its row, and their order means nothing."""
    more: dict[str, Any] = {}
    if messages is not None:
        more["additionalErrors"] = [
            {"message": message, "errorcode": 10000, "documentation": ""}
            for message in sorted(set(messages))
        ]
    return standard(f"Unable to save rows for data extension ID {extension.id}", 10006, **more)


def _asked(cloud: Cloud, call: Call) -> tuple[DataExtension, list[Entry]]:
    if len(call.body) > LARGEST_BODY:
        raise standard("The request body is larger than 5 MB.", 10000)
    extension = data_extensions.required(cloud, call.names["de"])
    entries = entries_of(call)
    check_keys(extension, entries)
    return extension, entries


def _row(extension: DataExtension, entry: Entry, rules: Rules) -> Kept:
    values = rows.checked(extension, {**entry["keys"], **entry["values"]}, rules)
    others = any(not column.primary_key for column in extension.columns)
    if others and not any(extension.column(str(name)) for name in entry["values"]):
        raise RowRefused(["At least one existing field is required in the values property"])
    return values


def _faulty(extension: DataExtension, fault: Fault) -> Refused:
    if not fault.options.get("additional", True):
        return not_saved(extension, None)
    return not_saved(extension, list(fault.options.get("messages") or [SAMPLE_ERROR]))


WRITE = "data_extensions_write"
DE = "hub/v1/dataevents/{de}"
ROUTES = (
    Route("POST", f"{DE}/rowset", WRITE, write_rowset),
    Route("POST", f"{DE}/rowset/delete", WRITE, delete_rowset),
    Route("PUT", f"{DE}/rows/{{row}}", WRITE, write_row),
    Route("PUT", f"{DE}/rows/{{row}}/column/{{column}}/increment", WRITE, increment),
)
