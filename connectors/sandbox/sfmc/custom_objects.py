"""Data extensions as objects: searched, read, described, created."""

from typing import Any

from werkzeug.wrappers import Response

from connectors.sandbox.sfmc import data_extensions
from connectors.sandbox.sfmc.async_rows import settle
from connectors.sandbox.sfmc.call import Call
from connectors.sandbox.sfmc.cloud import Cloud, number
from connectors.sandbox.sfmc.data_extensions import DataExtension, column_of
from connectors.sandbox.sfmc.errors import answer, missing, not_found, standard
from connectors.sandbox.sfmc.routes import Route
from connectors.sandbox.sfmc.values import Column

# A new data extension stays out of the search for a while.
UNSEEN_SECONDS = 8
FLAGS = (
    "isNullable",
    "isPrimaryKey",
    "isHidden",
    "isReadOnly",
    "isInheritable",
    "isOverridable",
    "isTemplateField",
    "mustOverride",
)


def search(cloud: Cloud, call: Call) -> Response:
    """GET /data/v1/customObjects?$search=…"""
    settle(cloud)
    words = call.query.get("$search")
    if words is None:
        raise missing("$search")
    page, size = call.page(most=500, default=25)
    low = words.replace("+", " ").strip().lower()
    found = [
        one
        for one in cloud.extensions.values()
        if one.seen <= cloud.seconds() and (low in one.name.lower() or low in one.key.lower())
    ]
    base = f"/v1/customObjects?$search={words}&$pageSize={size}&$page="
    links = {"self": f"{base}{page}"}
    if page * size < len(found):
        links["next"] = f"{base}{page + 1}"
    items = [_as_json(cloud, one) for one in found[(page - 1) * size : page * size]]
    return answer(
        {"count": len(found), "page": page, "pageSize": size, "links": links, "items": items}
    )


def read(cloud: Cloud, call: Call) -> Response:
    settle(cloud)
    return answer(_as_json(cloud, _found(cloud, call)))


def read_fields(cloud: Cloud, call: Call) -> Response:
    extension = _found(cloud, call)
    fields = [field_as_json(extension, column) for column in extension.columns]
    return answer({"id": extension.id, "fields": fields})


def create(cloud: Cloud, call: Call) -> Response:
    body = call.object()
    for name in ("name", "categoryid"):
        if not body.get(name):
            raise missing("categoryId" if name == "categoryid" else name)
    fields = body.get("fields")
    if not isinstance(fields, list) or not fields:
        raise missing("fields")
    key = str(body.get("key") or body["name"])
    if data_extensions.by_key(cloud, key):
        raise standard(f"A data extension with the key {key} already exists.", 10006)
    wanted = {
        "key": key,
        "name": body["name"],
        "category_id": body["categoryid"],
        "sendable": body.get("issendable"),
    }
    try:
        columns = [_column(place, field) for place, field in enumerate(fields)]
        with cloud.store.write() as db:
            seen = cloud.seconds() + UNSEEN_SECONDS
            extension = data_extensions.create(db, cloud, wanted, columns, seen=seen)
    except (ValueError, TypeError) as problem:
        raise standard(str(problem), 10006) from problem
    fields_as_json = [field_as_json(extension, column) for column in extension.columns]
    return answer({**_as_json(cloud, extension), "fields": fields_as_json}, 201)


def field_as_json(extension: DataExtension, column: Column) -> dict[str, Any]:
    described: dict[str, Any] = {
        "id": f"{extension.id[:-4]}{column.place:04x}",
        "name": column.name,
        "type": column.type,
        "ordinal": column.place,
        "isNullable": not column.required,
        "isPrimaryKey": column.primary_key,
        "isTemplateField": False,
        "isInheritable": True,
        "isOverridable": True,
        "isHidden": False,
        "isReadOnly": False,
        "mustOverride": False,
    }
    if column.length:
        described["length"] = column.length
    if column.type == "Decimal":
        described["scale"] = column.scale
    if column.default is not None:
        described["defaultValue"] = column.default
    return described


def _column(place: int, field: Any) -> Column:
    if not isinstance(field, dict):
        raise ValueError("A field must be an object.")
    lacking = [name for name in (*FLAGS, "ordinal", "type") if name not in field]
    if lacking:
        raise ValueError(f"The field {field.get('name')} lacks {', '.join(lacking)}.")
    return column_of(
        place,
        {
            "name": field.get("name"),
            "type": field["type"],
            "length": field.get("length"),
            "scale": field.get("scale", 2),
            "primary_key": field["isPrimaryKey"],
            "required": not field["isNullable"],
            "default": field.get("defaultValue"),
        },
    )


def _found(cloud: Cloud, call: Call) -> DataExtension:
    extension = data_extensions.by_reference(cloud, call.names["id"])
    if extension is None:
        raise not_found("The data extension was not found.")
    return extension


def _as_json(cloud: Cloud, extension: DataExtension) -> dict[str, Any]:
    with cloud.store.read() as db:
        rows = number(db, f"SELECT count(*) FROM {extension.table}")  # noqa: S608
    return {
        "id": extension.id,
        "name": extension.name,
        "key": extension.key,
        "description": "",
        "isActive": True,
        "isSendable": extension.sendable,
        "isTestable": False,
        "categoryId": extension.category_id,
        "ownerId": cloud.mid,
        "isObjectDeletable": True,
        "isFieldAdditionAllowed": True,
        "isFieldModificationAllowed": True,
        "createdDate": extension.created,
        "modifiedDate": extension.created,
        "rowCount": rows,
        "fieldCount": len(extension.columns),
    }


READ, WRITE = "data_extensions_read", "data_extensions_write"
BASE = "data/v1/customobjects"
ROUTES = (
    Route("GET", BASE, READ, search),
    Route("POST", BASE, WRITE, create),
    Route("GET", f"{BASE}/{{id}}", READ, read),
    Route("GET", f"{BASE}/{{id}}/fields", READ, read_fields),
)
