"""Contacts over REST: made or changed, one a call. Consent is not here: that is SOAP's."""

from collections.abc import Mapping
from typing import Any

from connectors.answer import Answer
from connectors.errors import Issue, NotFound, Rejected
from connectors.sfmc.calls import SYSTEM, RestCalls
from integration.records.audience import Audience

PATH = "/contacts/v1/contacts"
EMAIL_SET, EMAIL = "Email Addresses", "Email Address"
NOT_THERE = "ContactNotFound"


class Contacts:
    """Every method takes an audience of the consent gate: a contact can be written to at once."""

    def __init__(self, calls: RestCalls) -> None:
        self._calls = calls

    def save(self, key: str, email: str, audience: Audience) -> bool:
        """Gives the contact this address; makes it when there is none. Answers whether it is new.

        Raises NotCleared for somebody the gate did not clear, Rejected with Marketing Cloud's words.
        """
        audience.require([key])
        try:
            self._send("PATCH", key, email)
        except NotFound:
            answer = self._send("POST", key, email)
            return bool(answer.get("isNewContactKey"))
        return False

    def _send(self, method: str, key: str, email: str) -> Mapping[str, Any]:
        values = [{"name": EMAIL, "value": email}, {"name": "HTML Enabled", "value": True}]
        content = {
            "contactKey": key,
            "attributeSets": [{"name": EMAIL_SET, "items": [{"values": values}]}],
        }
        answer = self._calls.send(method, PATH, content)
        body = answer.json_object()
        if body.get("hasErrors") or body.get("operationStatus") != "OK":
            raise _error(answer, body)
        return body


def _error(answer: Answer, body: Mapping[str, Any]) -> NotFound | Rejected:
    """An error comes with 200 here, and says in its messages what it is."""
    told = [one for one in body.get("resultMessages") or () if isinstance(one, dict)]
    issues = [Issue(str(one.get("resultCode", "")), str(one.get("message", ""))) for one in told]
    if any(issue.code == NOT_THERE for issue in issues):
        return NotFound(f"{SYSTEM} has no such contact.", SYSTEM)
    said = " ".join(issue.message for issue in issues) or "no reason given"
    return Rejected(f"{SYSTEM} refused the contact: {said}", SYSTEM, issues=issues)
