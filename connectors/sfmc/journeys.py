"""Journeys: letting contacts in, seeing where they are, taking them out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.answer import Answer
from connectors.http import query
from connectors.sfmc.calls import RestCalls
from connectors.sfmc.rows import batches
from connectors.sfmc.values import Value, to_wire
from integration.records.audience import Audience

MEMBERS_A_CALL = 100
EXITS_A_CALL = 50
ENTRIES_A_PAGE = 500
EXIT_DONE = "Exit process Completed."


@dataclass(frozen=True, slots=True)
class Entry:
    """A contact to let in, with what the journey shall know."""

    contact_key: str
    data: Mapping[str, Value]

    def wire(self) -> dict[str, Any]:
        data = {name: to_wire(value) for name, value in self.data.items()}
        return {"contactKey": self.contact_key, "data": data}


@dataclass(frozen=True, slots=True)
class EntryOutcome:
    """`event_id` when the entry was taken; otherwise `message` says why not."""

    contact_key: str
    event_id: str = ""
    message: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """An entry Marketing Cloud has taken. Its data are not told."""

    contact_key: str
    event_id: str


@dataclass(frozen=True, slots=True)
class Membership:
    contact_key: str
    journey_key: str
    version: int


@dataclass(frozen=True, slots=True)
class Exit:
    """A contact to take out of a journey; without versions, out of all of them."""

    contact_key: str
    journey_key: str
    versions: tuple[int, ...] = ()

    def wire(self) -> dict[str, Any]:
        wire: dict[str, Any] = {"ContactKey": self.contact_key, "DefinitionKey": self.journey_key}
        return {**wire, "Versions": list(self.versions)} if self.versions else wire


@dataclass(frozen=True, slots=True)
class ExitState:
    """How an exit stands, a version of the journey at a time, in Marketing Cloud's words."""

    contact_key: str
    journey_key: str
    version: int
    message: str

    @property
    def is_done(self) -> bool:
        return self.message == EXIT_DONE


class Journeys:
    def __init__(self, calls: RestCalls) -> None:
        self._calls = calls

    def enter(self, event_key: str, entry: Entry, audience: Audience) -> str:
        """Lets one contact in; answers the number of the event. Raises Rejected.

        NotCleared when the contact is not of the audience that the consent gate cleared.
        """
        audience.require([entry.contact_key])
        wire = entry.wire()
        content = {
            "ContactKey": wire["contactKey"],
            "EventDefinitionKey": event_key,
            "Data": wire["data"],
        }
        answer = self._calls.send("POST", "/interaction/v1/events", content)
        return str(answer.json_object().get("eventInstanceId", ""))

    def enter_many(
        self, event_key: str, entries: Sequence[Entry], audience: Audience
    ) -> list[EntryOutcome]:
        """Lets contacts in, a hundred a call, and says what became of each, in their order.

        NotCleared, and nobody is let in, when one is not of the audience that the gate cleared.
        """
        audience.require(entry.contact_key for entry in entries)
        outcomes: list[EntryOutcome] = []
        for batch in batches(entries, MEMBERS_A_CALL):
            content = {
                "eventDefinitionKey": event_key,
                "members": [entry.wire() for entry in batch],
            }
            answer = self._calls.send("POST", "/interaction/v1/async/events", content)
            members = _objects(answer, answer.json_object().get("members"))
            if len(members) != len(batch):
                raise answer.unexpected("did not say what became of every contact")
            outcomes += [
                _entry_outcome(entry, member) for entry, member in zip(batch, members, strict=True)
            ]
        return outcomes

    def entered(self, event_key: str, since: datetime) -> list[Entered]:
        """Who was let in by the event since then, newest first, without those refused.

        A look into the log, for entries whose answer was lost.
        """
        found: list[Entered] = []
        seen, page = 0, 1
        while True:
            asked = query(
                {
                    "eventDefinitionKey": event_key,
                    "startDate": _log_time(since),
                    "$page": page,
                    "$pageSize": ENTRIES_A_PAGE,
                }
            )
            answer = self._calls.send("GET", f"/interaction/v1/async/events/status{asked}")
            body = answer.json_object()
            entries = _objects(answer, body.get("items") or [])
            found += [
                Entered(str(entry.get("contactKey", "")), str(entry.get("eventInstanceId", "")))
                for entry in entries
                if str(entry.get("status", "")).lower() != "errored"
            ]
            seen, page = seen + len(entries), page + 1
            if not entries or seen >= int(body.get("count") or 0):
                return found

    def memberships(self, contact_keys: Sequence[str]) -> list[Membership]:
        """The journeys that the contacts are in now."""
        found: list[Membership] = []
        for batch in batches(contact_keys, EXITS_A_CALL):
            answer = self._calls.send(
                "POST", "/interaction/v1/interactions/contactMembership", {"ContactKeyList": batch}
            )
            results = answer.json_object().get("results")
            entries = results.get("contactMemberships") if isinstance(results, dict) else None
            found += [
                Membership(
                    str(entry.get("contactKey", "")),
                    str(entry.get("definitionKey", "")),
                    _version(answer, entry),
                )
                for entry in _objects(answer, entries)
            ]
        return found

    def exit(self, exits: Sequence[Exit]) -> list[ExitState]:
        """Asks to take contacts out; answers those refused. Look at `exit_states` for the rest."""
        refused: list[ExitState] = []
        for batch in batches(exits, EXITS_A_CALL):
            wire = [one.wire() for one in batch]
            answer = self._calls.send("POST", "/interaction/v1/interactions/contactexit", wire)
            refused += _exit_states(answer, answer.json_object().get("errors"))
        return refused

    def exit_states(self, exits: Sequence[Exit]) -> list[ExitState]:
        """How the exits stand. A contact is out only when every state `is_done`."""
        states: list[ExitState] = []
        for batch in batches(exits, EXITS_A_CALL):
            wire = [one.wire() for one in batch]
            answer = self._calls.send(
                "POST", "/interaction/v1/interactions/contactexit/status", wire
            )
            states += _exit_states(answer, answer.json())
        return states


def _entry_outcome(entry: Entry, member: dict[str, Any]) -> EntryOutcome:
    code = member.get("errorcode")
    return EntryOutcome(
        contact_key=entry.contact_key,
        event_id=str(member.get("eventInstanceId") or ""),
        message=str(member.get("message") or ""),
        code="" if code is None else str(code),
    )


def _log_time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000")


def _exit_states(answer: Answer, entries: object) -> list[ExitState]:
    return [
        ExitState(
            str(entry.get("contactKey", "")),
            str(entry.get("definitionKey", "")),
            _version(answer, state),
            str(state.get("message", "")),
        )
        for entry in _objects(answer, entries)
        for state in _objects(answer, entry.get("status"))
    ]


def _version(answer: Answer, entry: dict[str, Any]) -> int:
    version = entry.get("version")
    if not isinstance(version, int):
        raise answer.unexpected("answered with a journey version that cannot be read")
    return version


def _objects(answer: Answer, entries: object) -> list[dict[str, Any]]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise answer.unexpected("answered about journeys in a way that cannot be read")
    return entries
