"""The plainest client of Marketing Cloud: a session with a token."""

import time
from typing import Any, Self

import requests

from connectors.sandbox.running import RunningSandbox


class Client:
    def __init__(self, sandbox: RunningSandbox, client_id: str, client_secret: str) -> None:
        self.sandbox = sandbox
        self.session = requests.Session()
        self._fields = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
        }
        self.sign_in()

    def sign_in(self) -> None:
        reply = self.session.post(f"{self.sandbox.sfmc_auth_url}v2/token", json=self._fields)
        self.token = reply.json()["access_token"]
        self.session.headers["Authorization"] = f"Bearer {self.token}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def rest(self, method: str, path: str, json: Any = None) -> requests.Response:
        url = f"{self.sandbox.sfmc_rest_url}{path}"
        return self.session.request(method, url, json=json, timeout=10)

    def get(self, path: str) -> requests.Response:
        return self.rest("GET", path)

    def post(self, path: str, json: Any = None) -> requests.Response:
        return self.rest("POST", path, json)

    def rows(self, key: str, query: str = "") -> list[dict[str, dict[str, str]]]:
        found: list[dict[str, dict[str, str]]] = (
            self.get(f"data/v1/customobjectdata/key/{key}/rowset{query}").json().get("items", [])
        )
        return found

    def soap(self, action: str, body: str, token: str | None = None) -> requests.Response:
        envelope = (
            '<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Header>'
            f'<fueloauth xmlns="http://exacttarget.com">{token or self.token}</fueloauth></Header>'
            f'<Body xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{body}</Body></Envelope>'
        )
        return self.session.post(
            f"{self.sandbox.sfmc_soap_url}Service.asmx",
            data=envelope.encode(),
            headers={"SOAPAction": action, "Content-Type": "text/xml"},
            timeout=10,
        )

    def wait_complete(self, request_id: str, seconds: float = 5) -> dict[str, Any]:
        """The status of an asynchronous request once it is complete."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            status = self.get(f"data/v1/async/{request_id}/status").json().get("status", {})
            if status.get("requestStatus") == "Complete":
                return dict(status)
            time.sleep(0.05)
        raise AssertionError("The request did not complete in time.")
