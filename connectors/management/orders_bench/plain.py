"""The other systems, called with plain sessions and nothing around them."""

from collections.abc import Iterator, Mapping
from typing import Any

from requests import Session

PAGE_SIZE = 500
TIMEOUT = 60
Page = dict[str, Any]


class PlainPrima:
    """Prima, with one session. Not for more than one thread."""

    def __init__(self, sandbox: str, headers: Mapping[str, str]) -> None:
        self.url = f"{sandbox}/prima/v1/main"
        self.session = Session()
        self.session.headers.update(headers)

    def feed(self, resource: str) -> Iterator[Page]:
        """The pages of all that is there."""
        return self._pages(f"/{resource}/changes", {"snapshot": "true", "limit": PAGE_SIZE})

    def listed(self, resource: str) -> Iterator[Page]:
        return self._pages(f"/{resource}", {"limit": PAGE_SIZE})

    def get(self, target: str) -> Page:
        return _body(self.session, f"{self.url}{target}", {})

    def place(self, key: str, body: bytes) -> int:
        """Posts one order; the status."""
        answer = self.session.post(
            f"{self.url}/sales-orders",
            data=body,
            headers={"Idempotency-Key": key},
            timeout=TIMEOUT,
        )
        return answer.status_code

    def _pages(self, target: str, asked: Mapping[str, Any]) -> Iterator[Page]:
        more = dict(asked)
        while True:
            page = _body(self.session, f"{self.url}{target}", more)
            yield page
            if not page["has_more"]:
                return
            more = {"limit": PAGE_SIZE, "cursor": page["next_cursor"]}


def prima_headers(sandbox: str, client_id: str, client_secret: str) -> dict[str, str]:
    """Those of a signed call, with a token asked for now."""
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": client_secret,
    }
    with Session() as session:
        answer = session.post(f"{sandbox}/prima/oauth2/token", data=form, timeout=TIMEOUT)
        answer.raise_for_status()
    return {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "Prima-Api-Version": "1",
        "Authorization": f"Bearer {answer.json()['access_token']}",
    }


class PlainCloud:
    """Marketing Cloud, with one session and a token asked for now."""

    def __init__(self, sandbox: str, client_id: str, client_secret: str, account_id: str) -> None:
        self.session = Session()
        wanted = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
            "account_id": account_id,
        }
        url = f"{sandbox}/sfmc/auth/v2/token"
        answer = self.session.post(url, json=wanted, timeout=TIMEOUT)
        answer.raise_for_status()
        token = answer.json()
        self.url = token["rest_instance_url"].rstrip("/")
        self.session.headers["Authorization"] = f"Bearer {token['access_token']}"

    def rows(self, key: str, page_size: int) -> Iterator[Page]:
        """The pages of a data extension."""
        seen, number = 0, 1
        target = f"/data/v1/customobjectdata/key/{key}/rowset"
        while True:
            asked = {"$page": number, "$pageSize": page_size}
            page = _body(self.session, f"{self.url}{target}", asked)
            yield page
            seen += len(page.get("items", ()))
            if seen >= page["count"]:
                return
            target = f"/data/v1/customobjectdata/token/{page['requestToken']}/rowset"
            number += 1


def _body(session: Session, url: str, asked: Mapping[str, Any]) -> Page:
    answer = session.get(url, params=asked, timeout=TIMEOUT)
    answer.raise_for_status()
    page: Page = answer.json()
    return page
