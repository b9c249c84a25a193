"""Subscribers and their consent: saved, looked up, and unsubscribed, over SOAP."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree.ElementTree import Element

from connectors.errors import UnexpectedShape
from connectors.sfmc.calls import SYSTEM
from connectors.sfmc.rows import batches
from connectors.sfmc.soap import Fields, SoapCalls, child, children, error_in, text
from connectors.sfmc.values import MalformedValue, as_bool, as_moment, central_text

SUBSCRIBERS_A_CALL = 50
SUBSCRIBERS_A_LOOK = 200
KEYS_A_CALL = 200
ALREADY_UNSUBSCRIBED = "401"
_ASKED = ("ID", "SubscriberKey", "EmailAddress", "Status", "UnsubscribedDate", "CreatedDate")
_EVENT_ASKED = ("SendID", "SubscriberKey", "EventDate", "BatchID", "IsMasterUnsubscribed")


@dataclass(frozen=True, slots=True)
class Subscriber:
    """`status` Unsubscribed is the whole account's, not one list's; empty leaves it as it is.

    `lists` sets the status on single lists, by list number. `id`, `created_at` and
    `unsubscribed_at` are only read.
    """

    key: str
    email: str
    status: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)
    id: str = ""
    created_at: datetime | None = None
    unsubscribed_at: datetime | None = None

    def fields(self) -> Fields:
        """The subscriber as SOAP takes it."""
        found: dict[str, str | list[Fields]] = {"@type": "Subscriber"}
        if self.email:
            found["EmailAddress"] = self.email
        found["Attributes"] = [
            {"Name": name, "Value": value} for name, value in self.attributes.items()
        ]
        found["SubscriberKey"] = self.key
        if self.status:
            found["Status"] = self.status
        found["Lists"] = [{"ID": number, "Status": status} for number, status in self.lists.items()]
        return found


@dataclass(frozen=True, slots=True)
class SaveOutcome:
    """What became of one subscriber. `code` is Marketing Cloud's number for the reason."""

    key: str
    ok: bool
    message: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class UnsubEvent:
    """`is_master`: from everything, not from one list."""

    subscriber_key: str
    occurred_at: datetime
    send_id: str
    batch_id: str
    is_master: bool


class Subscribers:
    def __init__(self, calls: SoapCalls) -> None:
        self._calls = calls

    def save(self, subscribers: Sequence[Subscriber]) -> list[SaveOutcome]:
        """Adds those who are new and changes the others; says what became of each."""
        option = {"SaveOption": {"PropertyName": "*", "SaveAction": "UpdateAdd"}}
        return self._write("Create", subscribers, {"SaveOptions": option})

    def create(self, subscribers: Sequence[Subscriber]) -> list[SaveOutcome]:
        """Adds subscribers; one who is there already is refused with code 12014."""
        return self._write("Create", subscribers, {})

    def update(self, subscribers: Sequence[Subscriber]) -> list[SaveOutcome]:
        """Changes subscribers, found by key; one who is not there is refused."""
        return self._write("Update", subscribers, {})

    def find(self, key: str) -> Subscriber | None:
        """The subscriber with this key."""
        return next(self._where("SubscriberKey", "equals", key), None)

    def find_by_id(self, number: str) -> Subscriber | None:
        """The subscriber with this number: a notification names nobody otherwise."""
        return next(self._where("ID", "equals", number), None)

    def with_keys(self, keys: Sequence[str]) -> Iterator[Subscriber]:
        """Those of the keys that are subscribers, asked for some at a time."""
        for some in batches(keys, KEYS_A_CALL):
            # One value alone is not taken for a list of one.
            condition = _condition("SubscriberKey", "equals", some[0])
            if len(some) > 1:
                condition = {**condition, "SimpleOperator": "IN", "Value": list(some)}
            yield from map(_subscriber, self._calls.retrieve("Subscriber", _ASKED, condition))

    def find_many(self, keys: Sequence[str]) -> Iterator[Subscriber]:
        """Those of these keys that are there, in no order."""
        for batch in batches(keys, SUBSCRIBERS_A_LOOK):
            yield from self._where("SubscriberKey", "IN", batch)

    def find_by_ids(self, numbers: Sequence[str]) -> Iterator[Subscriber]:
        """As `find_by_id`, many at a time."""
        for batch in batches(numbers, SUBSCRIBERS_A_LOOK):
            yield from self._where("ID", "IN", batch)

    def with_status(self, status: str) -> Iterator[Subscriber]:
        """All subscribers with a status: Active, Bounced, Held, Unsubscribed."""
        return self._where("Status", "equals", status)

    def unsubscribed_since(self, moment: datetime) -> Iterator[Subscriber]:
        """Those whose account-wide unsubscription came after the moment."""
        return self._where("UnsubscribedDate", "greaterThan", central_text(moment))

    def unsub_events_since(self, moment: datetime) -> Iterator[UnsubEvent]:
        """Unsubscriptions after the moment, in this business unit."""
        condition = _condition("EventDate", "greaterThan", central_text(moment))
        for found in self._calls.retrieve("UnsubEvent", _EVENT_ASKED, condition):
            yield _unsub_event(found)

    def log_unsubscribe(self, key: str, *, email: str = "", reason: str = "") -> None:
        """Unsubscribes the person from everything. One who is already is no error.

        Raises Rejected when Marketing Cloud does not know the key, or by another e-mail address.
        """
        given = {"SubscriberKey": key, "EmailAddress": email, "Reason": reason}
        parameters: list[Fields] = [
            {"Name": name, "Value": value} for name, value in given.items() if value
        ]
        message: dict[str, Fields] = {
            "Requests": {"Name": "LogUnsubEvent", "Parameters": parameters}
        }
        answered = self._calls.send("Execute", "ExecuteRequestMsg", message)
        status = text(answered, "OverallStatus")
        results = child(answered, "Results")
        if status == "OK" and (results is None or text(results, "StatusCode") == "OK"):
            return
        if results is None:
            raise error_in(status)
        if text(results, "ErrorCode") != ALREADY_UNSUBSCRIBED:
            raise error_in(text(results, "StatusMessage") or status)

    def _write(
        self, action: str, subscribers: Sequence[Subscriber], options: Fields
    ) -> list[SaveOutcome]:
        outcomes: list[SaveOutcome] = []
        for batch in batches(subscribers, SUBSCRIBERS_A_CALL):
            content: dict[str, Fields | list[Fields]] = {
                "Options": options,
                "Objects": [one.fields() for one in batch],
            }
            answered = self._calls.send(action, f"{action}Request", content)
            outcomes += _outcomes(batch, answered)
        return outcomes

    def _where(
        self, property_: str, operator: str, value: str | Sequence[str]
    ) -> Iterator[Subscriber]:
        condition = _condition(property_, operator, value)
        return map(_subscriber, self._calls.retrieve("Subscriber", _ASKED, condition))


def _condition(property_: str, operator: str, value: str | Sequence[str]) -> Fields:
    return {
        "@type": "SimpleFilterPart",
        "Property": property_,
        "SimpleOperator": operator,
        "Value": value,
    }


def _outcomes(batch: Sequence[Subscriber], answered: Element) -> list[SaveOutcome]:
    results = _by_ordinal(children(answered, "Results"))
    if not results:
        raise error_in(text(answered, "OverallStatus") or "no results")
    if set(results) != set(range(len(batch))):
        raise UnexpectedShape(f"{SYSTEM} did not say what became of every subscriber.", SYSTEM)
    return [
        SaveOutcome(
            key=subscriber.key,
            ok=text(results[index], "StatusCode") == "OK",
            message=text(results[index], "StatusMessage"),
            code=text(results[index], "ErrorCode"),
        )
        for index, subscriber in enumerate(batch)
    ]


def _by_ordinal(results: Iterable[Element]) -> dict[int, Element]:
    try:
        return {int(text(result, "OrdinalID")): result for result in results}
    except ValueError as error:
        raise UnexpectedShape(f"{SYSTEM} answered out of order.", SYSTEM) from error


def _subscriber(found: Element) -> Subscriber:
    return Subscriber(
        key=text(found, "SubscriberKey"),
        email=text(found, "EmailAddress"),
        status=text(found, "Status"),
        id=text(found, "ID"),
        created_at=_moment(text(found, "CreatedDate")),
        unsubscribed_at=_moment(text(found, "UnsubscribedDate")),
    )


def _unsub_event(found: Element) -> UnsubEvent:
    try:
        return UnsubEvent(
            subscriber_key=text(found, "SubscriberKey"),
            occurred_at=as_moment(text(found, "EventDate")),
            send_id=text(found, "SendID"),
            batch_id=text(found, "BatchID"),
            is_master=as_bool(text(found, "IsMasterUnsubscribed") or "False"),
        )
    except MalformedValue as error:
        raise UnexpectedShape(f"{SYSTEM} told an unsubscription badly: {error}", SYSTEM) from error


def _moment(shown: str) -> datetime | None:
    if not shown:
        return None
    try:
        return as_moment(shown)
    except MalformedValue as error:
        raise UnexpectedShape(f"{SYSTEM} told a subscriber badly: {error}", SYSTEM) from error
