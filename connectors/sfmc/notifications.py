"""The event notification service: callbacks, their verification and their subscriptions."""

import base64
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from connectors.answer import Answer
from connectors.errors import NotFound
from connectors.sfmc.calls import RestCalls

UNSUBSCRIBED = "EngagementEvents.EmailUnsubscribe"
SIGNATURE = "x-sfmc-ens-signature"
LARGEST_BATCH = 1_000
_CALLBACKS = "/platform/v1/ens-callbacks"
_SUBSCRIPTIONS = "/platform/v1/ens-subscriptions"


@dataclass(frozen=True, slots=True)
class Callback:
    """`signature_key` is told once, when it is made. `status` is "verified" when it may be used."""

    id: str
    name: str
    url: str
    status: str = ""
    signature_key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Subscription:
    """`status` is "active" or "paused"; what happens while it is paused is never told."""

    id: str
    name: str
    status: str
    events: tuple[str, ...]


def signature(key: str, body: bytes) -> str:
    """What Marketing Cloud writes into the header: the key is taken as the text it is."""
    return base64.b64encode(hmac.new(key.encode(), body, sha256).digest()).decode()


def is_signed(keys: Sequence[str], body: bytes, given: str) -> bool:
    """Whether one of the keys made the signature; takes as long whatever was given."""
    told = given.strip().encode("utf-8", "replace")
    fits = [hmac.compare_digest(signature(key, body).encode(), told) for key in keys if key]
    return any(fits)


class Notifications:
    def __init__(self, calls: RestCalls) -> None:
        self._calls = calls

    def callbacks(self) -> list[Callback]:
        answer = self._calls.send("GET", _CALLBACKS)
        return [_callback(entry) for entry in _objects(answer, answer.json())]

    def create_callback(self, name: str, url: str) -> Callback:
        """Registers the address. While this call lasts, Marketing Cloud calls it and must be answered.

        Raises Rejected when the address did not answer, or is not one it takes.
        """
        wanted = [{"callbackName": name, "url": url, "maxBatchSize": LARGEST_BATCH}]
        answer = self._calls.send("POST", _CALLBACKS, wanted)
        made = _objects(answer, answer.json())
        if len(made) != 1 or not made[0].get("signatureKey"):
            raise answer.unexpected("made a callback without telling its key")
        return _callback(made[0])

    def verify(self, callback_id: str, verification_key: str) -> None:
        """Gives back what was posted to the address, within four hours. Raises NotFound."""
        wanted = {"callbackId": callback_id, "verificationKey": verification_key}
        self._calls.send("POST", "/platform/v1/ens-verify", wanted)

    def new_key(self, callback_id: str) -> str:
        """A new signature key; the one before is good no longer."""
        answer = self._calls.send("PUT", "/platform/v1/ens-regenerate", {"callbackId": callback_id})
        told = answer.json()
        entry = told[0] if isinstance(told, list) and told else told
        key = entry.get("signatureKey") if isinstance(entry, dict) else None
        if not isinstance(key, str) or not key:
            raise answer.unexpected("made a new key without telling it")
        return key

    def delete_callback(self, callback_id: str) -> None:
        """With its subscriptions. One that is gone is no error."""
        for one in self.subscriptions(callback_id):
            self._calls.send("DELETE", f"{_SUBSCRIPTIONS}/{quote(one.id, safe='')}")
        try:
            self._calls.send("DELETE", f"{_CALLBACKS}/{quote(callback_id, safe='')}")
        except NotFound:
            return

    def subscriptions(self, callback_id: str) -> list[Subscription]:
        """None for a callback that is gone."""
        target = f"/platform/v1/ens-subscriptions-by-cb/{quote(callback_id, safe='')}"
        try:
            answer = self._calls.send("GET", target)
        except NotFound:
            return []
        return [_subscription(entry) for entry in _objects(answer, answer.json())]

    def subscribe(
        self, callback_id: str, name: str, events: Sequence[str] = (UNSUBSCRIBED,)
    ) -> Subscription:
        """The callback must be verified. It may take two minutes until events come."""
        wanted = [
            {
                "callbackId": callback_id,
                "subscriptionName": name,
                "eventCategoryTypes": list(events),
                "filters": [],
            }
        ]
        answer = self._calls.send("POST", _SUBSCRIPTIONS, wanted)
        made = _objects(answer, answer.json())
        if len(made) != 1:
            raise answer.unexpected("did not say whether it subscribed")
        return _subscription(made[0])

    def resume(self, subscription: Subscription) -> Subscription:
        """Sets a paused one going again."""
        wanted = [{"subscriptionId": subscription.id, "status": "active"}]
        answer = self._calls.send("PUT", _SUBSCRIPTIONS, wanted)
        return _subscription(_objects(answer, answer.json())[0])


def _callback(entry: dict[str, Any]) -> Callback:
    return Callback(
        id=str(entry.get("callbackId", "")),
        name=str(entry.get("callbackName", "")),
        url=str(entry.get("url", "")),
        status=str(entry.get("status", "")),
        signature_key=str(entry.get("signatureKey", "")),
    )


def _subscription(entry: dict[str, Any]) -> Subscription:
    return Subscription(
        id=str(entry.get("subscriptionId", "")),
        name=str(entry.get("subscriptionName", "")),
        status=str(entry.get("status", "")),
        events=tuple(map(str, entry.get("eventCategoryTypes") or ())),
    )


def _objects(answer: Answer, entries: object) -> list[dict[str, Any]]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise answer.unexpected("answered about notifications in a way that cannot be read")
    return entries
