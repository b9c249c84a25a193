"""Subscriptions of Prima's REST contract, which a Prima need not offer."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from connectors.errors import NotOffered, RemoteError
from connectors.prima.port import Subscription
from connectors.prima.rest.reading import text

NO_SUCH_CALL = (404, 405, 501)


def subscription_from(payload: Mapping[str, Any]) -> Subscription:
    """Raises KeyError, TypeError or ValueError for what is no subscription."""
    return Subscription(
        id=text(payload, "id", needed=True),
        url=text(payload, "url", needed=True),
        resources=tuple(str(name) for name in payload["resources"]),
    )


def subscription_payload(url: str, resources: Sequence[str], secret: str) -> dict[str, Any]:
    return {"url": url, "resources": list(resources), "secret": secret}


@contextmanager
def offered() -> Iterator[None]:
    """Whoever answers that there is no such call has no notifications to offer."""
    try:
        yield
    except RemoteError as error:
        if error.status not in NO_SUCH_CALL:
            raise
        raise NotOffered(
            "This Prima does not notify of changes.",
            system=error.system,
            method=error.method,
            path=error.path,
            status=error.status,
            request_id=error.request_id,
        ) from error
