"""How faults look in Marketing Cloud: each of its three hosts has its own error shape."""

import json
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from connectors.sandbox.sfmc import errors, tokens
from connectors.sandbox.sfmc.cloud import Cloud
from connectors.sandbox.sfmc.soap.faults import token_expired, unavailable

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class Shapes:
    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud

    def throttled(self, environ: "WSGIEnvironment", *, retry_after: int | None) -> Response | None:
        if _is_soap(environ):
            return unavailable("Rate limit exceeded. Please retry later.")
        return errors.throttled(retry_after).response()

    def server_error(self, environ: "WSGIEnvironment", *, status: int) -> Response | None:
        if _is_soap(environ):
            return unavailable("Server was unable to process request.", status)
        return errors.broken(status).response()

    def expired_token(self, environ: "WSGIEnvironment") -> Response | None:
        """The token presented ends for good: trying again with it does not help."""
        if _is_soap(environ):
            return token_expired(str(environ.get("HTTP_HOST", "")))
        if _is_sign_in(environ):
            return None
        tokens.revoke(self.cloud, environ.get("HTTP_AUTHORIZATION", "").partition(" ")[2].strip())
        return errors.unauthorized().response()

    def wrong_shape(self, environ: "WSGIEnvironment") -> Response | None:
        if _is_soap(environ):
            return Response("<html><body>Bad Gateway</body></html>", content_type="text/html")
        return Response(json.dumps(["unexpected"]), content_type="application/json")


def _is_soap(environ: "WSGIEnvironment") -> bool:
    return str(environ["PATH_INFO"]).lower().rstrip("/").endswith(".asmx")


def _is_sign_in(environ: "WSGIEnvironment") -> bool:
    return str(environ["PATH_INFO"]).lower().rstrip("/").endswith(("/token", "/requesttoken"))
