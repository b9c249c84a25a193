"""Tells customers: entries into journeys, a hundred a call, and what became of each."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from connectors.errors import CircuitOpen, MisconfiguredError, RemoteError
from connectors.sfmc.journeys import MEMBERS_A_CALL, Journeys
from connectors.sync.context import Context, Failure
from connectors.sync.order_event import OrderEvent
from connectors.sync.order_events import claims, reporting, verdict
from connectors.sync.order_events.telling import Passed, Ready, Stopped, prepare
from connectors.sync.order_events.verdict import Verdict
from integration.consent import rules, suppression
from integration.records.audience import Audience, Recipient

State = OrderEvent.State
LOG_MARGIN = timedelta(hours=7)
"""The log of entries is read from so long before: it may count in Marketing Cloud's own time."""
_DOUBTED = "Another event for this contact is being cleared up first."
Told = tuple[OrderEvent, Verdict]


def send(context: Context) -> None:
    """Everything that is due. Raises when Marketing Cloud cannot be called at all just now."""
    claims.take_back()
    claims.revive()
    journeys = context.remotes.sfmc().journeys
    while not context.is_over():
        claim = claims.take(context.setting.batch_size)
        if not claim.fresh and not claim.doubtful:
            return
        if end := _Round(context, journeys).work_off(claim):
            raise end


class _Round:
    """One claim. `_end` is set when the rest must not be sent."""

    def __init__(self, context: Context, journeys: Journeys) -> None:
        self._context = context
        self._journeys = journeys
        self._end: RemoteError | None = None

    def work_off(self, claim: claims.Claim) -> RemoteError | None:
        cleared = self._settle(claim.doubtful)
        prepared = prepare([*cleared, *claim.fresh])
        self._store([], [one for one in prepared if not isinstance(one, Ready)])
        ready = [one for one in prepared if isinstance(one, Ready)]
        for chunk in _chunks(ready):
            self._send(chunk)
        self._context.recorder.flush()
        return self._end

    def _settle(self, doubtful: Sequence[OrderEvent]) -> list[OrderEvent]:
        """Asks for those that may have been told; answers those that were positively not."""
        by_definition: dict[str, list[OrderEvent]] = {}
        cleared = [event for event in doubtful if not event.event_definition]
        for event in doubtful:
            if event.event_definition:
                by_definition.setdefault(event.event_definition, []).append(event)
        for definition, events in by_definition.items():
            cleared += self._settle_some(definition, events)
        for event in cleared:
            event.in_doubt, event.sending_at = False, timezone.now()
        OrderEvent.objects.bulk_update(cleared, ["in_doubt", "sending_at"])
        return cleared

    def _settle_some(self, definition: str, events: Sequence[OrderEvent]) -> list[OrderEvent]:
        since = min(event.sending_at or event.noted_at for event in events) - LOG_MARGIN
        found = self._context.attempt(partial(self._journeys.entered, definition, since))
        now = timezone.now()
        if isinstance(found, Failure):
            self._failed(found)
            self._store([(event, verdict.in_doubt(now)) for event in events])
            return []
        known = set(
            OrderEvent.objects.filter(event_definition=definition)
            .exclude(event_id="")
            .filter(event_id__in=[one.event_id for one in found])
            .values_list("event_id", flat=True)
        )
        unknown: dict[str, list[str]] = {}
        for one in found:
            if one.event_id not in known:
                unknown.setdefault(one.contact_key.upper(), []).append(one.event_id)
        told: list[Told] = []
        missing = []
        for event in events:
            if ids := unknown.get(event.contact_key.upper()):
                told.append((event, Verdict(State.SENT, event_id=ids.pop())))
            elif now < (event.sending_at or now) + verdict.LOOK_AFTER:
                told.append((event, verdict.in_doubt(event.sending_at or now)))
            else:
                missing.append(event)
        self._store(told)
        return missing

    def _send(self, chunk: Sequence[Ready]) -> None:
        if self._end is not None or self._context.stopping.is_set():
            why = self._end.message if self._end else ""
            waits = Verdict(State.WAITING, why[:250], not_before=timezone.now())
            self._store([(one.event, waits) for one in chunk])
            return
        chunk = self._without_doubted(chunk)
        # What may go out is written down first, so that a doubt can be settled by it.
        OrderEvent.objects.bulk_update(
            [one.event for one in chunk], ["contact_key", "event_definition", "data"]
        )
        claims.renew([one.event for one in chunk])
        chunk, audience = self._served(chunk)
        self._store(self._told(chunk, audience))
        self._context.beat()

    def _served(self, chunk: Sequence[Ready]) -> tuple[list[Ready], Audience]:
        """The gate clears service messages for everybody with an address, opted out or not."""
        recipients = [Recipient(one.event.contact_key, email=one.email) for one in chunk]
        audience = suppression.allowed(recipients, "email", rules.SERVICE)
        self._store(
            [
                (one.event, verdict.refused(one.event, audience.refused[one.event.contact_key]))
                for one in chunk
                if one.event.contact_key in audience.refused
            ]
        )
        return [one for one in chunk if one.event.contact_key in audience.cleared], audience

    def _told(self, chunk: Sequence[Ready], audience: Audience) -> list[Told]:
        """One call. A refusal of the whole call is looked into by halves, down to the one at fault."""
        if not chunk:
            return []
        definition = chunk[0].event.event_definition
        entries = [one.entry for one in chunk]
        result = self._context.attempt(
            partial(self._journeys.enter_many, definition, entries, audience)
        )
        now = timezone.now()
        if isinstance(result, Failure):
            self._failed(result)
            if verdict.is_about_members(result) and len(chunk) > 1:
                middle = len(chunk) // 2
                return [
                    *self._told(chunk[:middle], audience),
                    *self._told(chunk[middle:], audience),
                ]
            return [(one.event, verdict.failed(one.event, result, now)) for one in chunk]
        return [
            (one.event, verdict.answered(one.event, outcome, now))
            for one, outcome in zip(chunk, result, strict=True)
        ]

    def _without_doubted(self, chunk: Sequence[Ready]) -> list[Ready]:
        """A contact with a doubtful entry of this definition waits: the log tells no orders apart."""
        keys = [one.event.contact_key for one in chunk]
        doubted = set(
            OrderEvent.objects.filter(
                contact_key__in=keys,
                event_definition=chunk[0].event.event_definition,
                in_doubt=True,
                state__in=[State.WAITING, State.SENDING],
            ).values_list("contact_key", flat=True)
        )
        later = Verdict(State.WAITING, _DOUBTED, not_before=timezone.now() + verdict.LOOK_AFTER)
        self._store([(one.event, later) for one in chunk if one.event.contact_key in doubted])
        return [one for one in chunk if one.event.contact_key not in doubted]

    def _failed(self, failure: Failure) -> None:
        self._context.keep_failure(failure)
        if isinstance(failure.error, CircuitOpen | MisconfiguredError):
            self._end = failure.error

    def _store(self, told: Sequence[Told], prepared: Iterable[Passed | Stopped] = ()) -> None:
        pairs = [*told, *map(_decided, prepared)]
        store(pairs)
        states = [one.state for _, one in pairs]
        self._context.count(
            seen=len(pairs),
            sent=states.count(State.SENT),
            held=states.count(State.HELD),
            failed=sum(one.state == State.WAITING for _, one in told),
            unchanged=states.count(State.PASSED),
        )


def store(pairs: Sequence[Told]) -> None:
    """Events and cases commit together."""
    if not pairs:
        return
    now = timezone.now()
    for event, told in pairs:
        event.state, event.reason, event.in_doubt = told.state, told.reason, told.in_doubt
        event.event_id, event.lease_until = told.event_id, None
        event.not_before = told.not_before or now
        event.attempts = min(event.attempts + 1, 30_000)
        event.sent_at = now if told.state == State.SENT else None
    with transaction.atomic():
        OrderEvent.objects.bulk_update(
            [event for event, _ in pairs],
            [
                "state", "reason", "in_doubt", "event_id", "lease_until", "not_before",
                "attempts", "sent_at", "contact_key", "event_definition",
            ],
        )  # fmt: skip
        reporting.hold((event, told.problem) for event, told in pairs if told.problem)
        reporting.close(
            [event for event, told in pairs if told.state in (State.SENT, State.PASSED)]
        )


def _decided(one: Passed | Stopped) -> Told:
    if isinstance(one, Stopped):
        return one.event, Verdict(State.HELD, one.problem.message[:250], problem=one.problem)
    return one.event, Verdict(State.PASSED, one.event.reason)


def _chunks(ready: Sequence[Ready]) -> Iterator[list[Ready]]:
    """By definition, a call's worth each, and no contact twice in one call."""
    rest = list(ready)
    while rest:
        definition = rest[0].event.event_definition
        chunk, left, contacts = list[Ready](), list[Ready](), set[str]()
        for one in rest:
            contact = one.event.contact_key.upper()
            fits = (
                one.event.event_definition == definition
                and contact not in contacts
                and len(chunk) < MEMBERS_A_CALL
            )
            if fits:
                chunk.append(one)
                contacts.add(contact)
            else:
                left.append(one)
        yield chunk
        rest = left
