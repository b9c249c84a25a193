"""Who may call: OAuth 2 client credentials with tokens that expire, or an API key."""

import hmac
import json
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn
from uuid import uuid4

from werkzeug.wrappers import Request, Response

from connectors.sandbox.clock import Clock
from connectors.sandbox.prima.call import Named
from connectors.sandbox.prima.problem import Refused
from connectors.sandbox.store import Store

TOKEN_SECONDS = 1200


@dataclass
class Gate:
    """`secrets` by client id. Tokens are kept in the store and outlive a restart."""

    store: Store
    clock: Clock
    secrets: Mapping[str, str]
    api_key: str
    token_seconds: int = TOKEN_SECONDS
    _known: dict[str, float] = field(default_factory=dict)

    def token(self, request: Request) -> Response:
        """`POST /prima/oauth2/token`, JSON or form, the id and secret inside or as Basic."""
        asked = _asked(request)
        if asked is None or not asked.get("grant_type"):
            return _refusal(400, "invalid_request", "grant_type is missing.")
        if asked["grant_type"] != "client_credentials":
            return _refusal(400, "unsupported_grant_type", "Only client_credentials is served.")
        secret = self.secrets.get(str(asked.get("client_id") or ""))
        given = str(asked.get("client_secret") or "")
        if secret is None or not hmac.compare_digest(secret.encode(), given.encode()):
            return _refusal(401, "invalid_client", "The client id or secret is wrong.")
        token, expires = uuid4().hex + uuid4().hex, self._now() + self.token_seconds
        with self.store.write() as db:
            db.execute("DELETE FROM tokens WHERE expires_at < ?", (self._now(),))
            db.execute("INSERT INTO tokens VALUES (?, ?, ?)", (token, asked["client_id"], expires))
        self._known[token] = expires
        body = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": self.token_seconds,
            "scope": "prima",
        }
        return _json(200, body)

    def admit(self, headers: Named) -> None:
        """Refused (401) without a good token or key."""
        key = headers.get("X-Api-Key", "")
        if key:
            if self.api_key and hmac.compare_digest(self.api_key.encode(), key.encode()):
                return
            raise unauthorised("not-authenticated", "The API key is wrong.")
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise unauthorised("not-authenticated", "A token or an API key is needed.")
        expires = self._known.get(token) or self._stored(token)
        if expires is None:
            raise unauthorised("not-authenticated", "The token is none of ours.")
        if expires <= self._now():
            raise unauthorised("token-expired", "The token has expired.")

    def forget(self) -> None:
        self._known.clear()

    def _stored(self, token: str) -> float | None:
        with self.store.read() as db:
            row = db.execute("SELECT expires_at FROM tokens WHERE token = ?", (token,)).fetchone()
        if row:
            self._known[token] = row["expires_at"]
        return self._known.get(token)

    def _now(self) -> float:
        return self.clock.now().timestamp()


def secrets_of(clients: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {str(client["client_id"]): str(client["client_secret"]) for client in clients}


def unauthorised(slug: str, detail: str) -> Refused:
    error = 'Bearer realm="prima", error="invalid_token"'
    return Refused(401, slug, "Not signed in", detail, headers={"WWW-Authenticate": error})


def _asked(request: Request) -> dict[str, Any] | None:
    if request.mimetype == "application/json":
        try:
            asked = json.loads(request.get_data() or b"{}", parse_constant=_no_constant)
        except (ValueError, RecursionError):
            return None
    else:
        asked = request.form.to_dict()
    if not isinstance(asked, dict):
        return None
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            client_id, _, secret = b64decode(credentials).decode().partition(":")
        except (NotBase64, UnicodeDecodeError):
            return None
        asked |= {"client_id": client_id, "client_secret": secret}
    return asked


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _refusal(status: int, error: str, description: str) -> Response:
    return _json(status, {"error": error, "error_description": description})


def _json(status: int, body: Mapping[str, Any]) -> Response:
    response = Response(json.dumps(body), status=status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
