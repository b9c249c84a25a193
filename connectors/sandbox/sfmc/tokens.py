"""Signing in: tokens for installed packages, what a token may do, and when it ends."""

import base64
import json
import secrets
import sqlite3
from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Response

from connectors.sandbox.sfmc.call import Call
from connectors.sandbox.sfmc.cloud import Cloud, create_tables, row
from connectors.sandbox.sfmc.errors import Refused, answer, forbidden, standard, unauthorized

OBJECTS = ("data_extensions", "list_and_subscribers", "journeys", "email", "tracking_events")
NOTIFICATIONS = ("event_notification_callback", "event_notification_subscription")
ALL_SCOPES = [
    *(f"{noun}_{verb}" for noun in OBJECTS for verb in ("read", "write")),
    *("journeys_execute", "journeys_delete", "email_send"),
    *(
        f"{noun}_{verb}"
        for noun in NOTIFICATIONS
        for verb in ("create", "read", "update", "delete")
    ),
]
TABLES = """
CREATE TABLE IF NOT EXISTS tokens (
    token TEXT PRIMARY KEY, client_id TEXT, mid INTEGER, scopes TEXT, ends REAL
) WITHOUT ROWID;
"""
ERROR_PAGE = "https://developer.salesforce.com/docs"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token stands for."""

    client_id: str
    mid: int
    scopes: frozenset[str]

    def may(self, scope: str | None) -> bool:
        return scope is None or scope in self.scopes


def sign_in(cloud: Cloud, call: Call) -> Response:
    """POST /v2/token, JSON or form."""
    wanted = _fields(call)
    if wanted.get("grant_type") != "client_credentials":
        raise _refused(400, "unsupported_grant_type", "Only client_credentials is supported.")
    package = _package(cloud, wanted)
    mid = _account(package, wanted.get("account_id"))
    scopes = _scopes(package, wanted.get("scope"))
    token = _new_token()
    with cloud.store.write() as db:
        db.execute("DELETE FROM tokens WHERE ends < ?", (cloud.seconds() - 86_400,))
        db.execute(
            "INSERT INTO tokens VALUES (?,?,?,?,?)",
            (
                token,
                package["client_id"],
                mid,
                " ".join(scopes),
                cloud.seconds() + cloud.token_seconds,
            ),
        )
    return answer(
        {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": cloud.token_seconds,
            "scope": " ".join(scopes),
            "soap_instance_url": call.host("soap"),
            "rest_instance_url": call.host("rest"),
        }
    )


def old_sign_in(cloud: Cloud, call: Call) -> Response:
    raise standard(
        "This integration is not eligible to use the legacy /v1/requestToken endpoint. "
        "Use /v2/token instead.",
        10007,
        401,
    )


def grant_of(cloud: Cloud, token: str) -> Grant | None:
    """What the token stands for; None when it is unknown or has ended."""
    with cloud.store.read() as db:
        found = row(db, "SELECT * FROM tokens WHERE token = ?", token)
    if found is None or found["ends"] <= cloud.seconds():
        return None
    return Grant(found["client_id"], found["mid"], frozenset(found["scopes"].split()))


def require(cloud: Cloud, call: Call, scope: str | None) -> Grant:
    """The caller's grant, or 401, or 403."""
    scheme, _, token = call.authorization.partition(" ")
    grant = grant_of(cloud, token.strip()) if scheme.lower() == "bearer" else None
    if grant is None:
        raise unauthorized()
    if not grant.may(scope):
        raise forbidden()
    return grant


def revoke(cloud: Cloud, token: str) -> None:
    with cloud.store.write() as db:
        db.execute("DELETE FROM tokens WHERE token = ?", (token,))


def prepare(db: sqlite3.Connection) -> None:
    create_tables(db, TABLES)


def _fields(call: Call) -> dict[str, Any]:
    if "json" in call.content_type.lower():
        try:
            fields = json.loads(call.body)
        except ValueError as problem:
            raise _refused(400, "invalid_request", "The body is not JSON.") from problem
        if not isinstance(fields, dict):
            raise _refused(400, "invalid_request", "The body is not a JSON object.")
        return fields
    return dict(call.form())


def _package(cloud: Cloud, wanted: dict[str, Any]) -> dict[str, Any]:
    for package in cloud.section.get("packages", ()):
        known: dict[str, Any] = package
        if known["client_id"] == wanted.get("client_id") and secrets.compare_digest(
            str(known["client_secret"]).encode(), str(wanted.get("client_secret")).encode()
        ):
            return known
    raise _refused(
        401,
        "invalid_client",
        "Invalid client ID. Use the client ID in Marketing Cloud Installed Packages.",
    )


def _account(package: dict[str, Any], wanted: Any) -> int:
    allowed = {str(package["mid"]), *(str(mid) for mid in package.get("account_ids", ()))}
    if wanted in (None, ""):
        return int(package["mid"])
    if str(wanted) not in allowed:
        raise _refused(400, "invalid_request", "The package may not act for this account_id.")
    return int(wanted)


def _scopes(package: dict[str, Any], wanted: Any) -> list[str]:
    granted = list(package.get("scopes") or ALL_SCOPES)
    if wanted is None:
        return granted
    asked = str(wanted).split()
    if set(asked) - set(granted):
        raise _refused(400, "invalid_scope", "The package does not have every scope asked for.")
    return asked


def _refused(status: int, error: str, description: str) -> Refused:
    body = {"error": error, "error_description": description, "error_uri": ERROR_PAGE}
    return Refused(status, body)


def _new_token() -> str:
    """Opaque, though it looks like a signed one: three parts, about 500 characters."""
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"4","ver":"1","typ":"JWT"}').decode()
    return f"{head.rstrip('=')}.{secrets.token_urlsafe(280)}.{secrets.token_urlsafe(32)}"
