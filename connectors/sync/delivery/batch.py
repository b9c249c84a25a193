"""One batch on its way: doubts first, then translation, then sending, and the outcome of each."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from django.db.models import Prefetch
from django.utils import timezone

from connectors.errors import CircuitOpen, MisconfiguredError, RemoteError, TransientError
from connectors.prima.port import Prima
from connectors.sync import claims
from connectors.sync.claims import Claim
from connectors.sync.context import Context, Failure
from connectors.sync.delivery import storing, verdict
from connectors.sync.delivery.outcome import Delivery, Outcome, State, held, released
from connectors.sync.delivery.senders import Senders
from connectors.sync.models import SyncItem
from connectors.sync.orders import world_loader
from connectors.sync.orders.arrival import order_key
from connectors.sync.orders.corrections import corrected
from connectors.sync.orders.reading import read
from connectors.sync.orders.translate import SYSTEM, translate_reading
from connectors.sync.orders.world import World
from connectors.sync.orders.world_loader import WorldCache
from connectors.sync.recorder import about
from integration.mirror.models import CampaignOrder, OrderCorrection
from integration.records.sales_order import PlacedOrder, SalesOrder

LOOK_AGAIN_AFTER = 2.0
"""Seconds between the two questions that show an order in doubt is not in Prima."""
RENEW_SECONDS = 20.0
Result = TypeVar("Result")


@dataclass(slots=True)
class Batch:
    """Works off one claim: prepared, then sent, then stored.

    `end` is set when the flow has to stop calling Prima. `following` is the batch that is prepared
    while this one is being sent; its lease is kept, too.
    """

    context: Context
    prima: Prima
    senders: Senders
    cache: WorldCache
    claim: Claim
    end: RemoteError | None = None
    following: "Batch | None" = None
    _outcomes: list[Outcome] = field(default_factory=list)
    _ready: list[Delivery] = field(default_factory=list)
    _being_sent: list[Delivery] = field(default_factory=list)
    _answers: list[Future[PlacedOrder | Failure | None]] = field(default_factory=list)
    _ending: threading.Event = field(default_factory=threading.Event)
    _renewed_at: float = field(default_factory=time.monotonic)

    def prepare(self) -> None:
        """Settles doubts and translates the rest."""
        deliveries, outcomes = self._fetched()
        doubtful = [one for one in deliveries if one.item.in_doubt]
        clear = [one for one in deliveries if not one.item.in_doubt]
        settled, not_there = self._settle(doubtful)
        outcomes += settled
        if self.claim.only_asks:
            outcomes += [released(one) for one in not_there]
        else:
            self._ready, stopped = self._translated([*not_there, *clear])
            outcomes += stopped
        self._outcomes = outcomes

    def send(self) -> None:
        """Begins to send what is ready."""
        if self._ending.is_set() or self.context.stopping.is_set():
            self._outcomes += [released(one, not_before=self._pause()) for one in self._ready]
            return
        self._being_sent = storing.mark_sending(self.claim, self._ready)
        self._answers = self.senders.begin(self._being_sent, self._post)

    def finish(self) -> None:
        """Every claimed item has its outcome stored, whatever happens to single ones."""
        answers = self.senders.results(self._answers, meanwhile=self._meanwhile)
        outcomes = self._outcomes
        outcomes += map(self._answered, self._being_sent, answers)
        storing.store(self.claim, outcomes)
        self._count(outcomes)
        self.context.recorder.flush()

    def put_back(self, end: RemoteError | None = None) -> None:
        """Nothing of it is sent; `end` says why."""
        self.end = end
        outcomes = [released(one, not_before=self._pause()) for one in self._ready]
        storing.store(self.claim, [*self._outcomes, *outcomes])

    def _fetched(self) -> tuple[list[Delivery], list[Outcome]]:
        """The rows of the items; what took its workers down before is set aside."""
        items = {item.external_id: item for item in self.claim.items}
        active = OrderCorrection.objects.filter(withdrawn_at__isnull=True).order_by("id")
        rows = CampaignOrder.objects.filter(key__in=items).prefetch_related(
            Prefetch("corrections", queryset=active)
        )
        deliveries = [Delivery(items[row.key], row) for row in rows]
        deliveries.sort(key=lambda one: one.item.pk)
        poison = [one for one in deliveries if claims.is_poison(one.item)]
        sound = [one for one in deliveries if not claims.is_poison(one.item)]
        return sound, [verdict.poisoned(one) for one in poison]

    def _settle(self, doubtful: Sequence[Delivery]) -> tuple[list[Outcome], list[Delivery]]:
        """Asks Prima whether it has them: outcomes, and those that it positively has not, twice."""
        outcomes, missing = self._looked(doubtful)
        if missing:
            self.context.stopping.wait(LOOK_AGAIN_AFTER)
            more, missing = self._looked(missing)
            outcomes += more
        return outcomes, missing

    def _looked(self, deliveries: Sequence[Delivery]) -> tuple[list[Outcome], list[Delivery]]:
        answers = self._each(deliveries, self._find)
        outcomes: list[Outcome] = []
        missing: list[Delivery] = []
        for delivery, answer in zip(deliveries, answers, strict=True):
            if answer is None:
                missing.append(delivery)
            elif isinstance(answer, PlacedOrder):
                outcomes.append(verdict.booked(delivery, answer, found=True))
            else:
                outcomes.append(self._unanswered(delivery, answer))
        return outcomes, missing

    def _unanswered(self, delivery: Delivery, failure: Failure) -> Outcome:
        """The doubt stays: an order is not sent while nobody knows whether it is there."""
        error = failure.error
        if isinstance(error, TransientError) and not isinstance(error, CircuitOpen):
            most = self.context.setting.max_attempts
            return verdict.again(delivery, error, most, timezone.now(), in_doubt=True)
        if isinstance(error, RemoteError):
            return released(delivery, why=error.message, in_doubt=True, not_before=self._pause())
        self.context.keep_failure(failure)
        return held(delivery, (verdict.unexpected(delivery, failure),), in_doubt=True)

    def _translated(self, deliveries: Sequence[Delivery]) -> tuple[list[Delivery], list[Outcome]]:
        """Those ready to be sent, and the outcomes of those that are not right."""
        reference = self.cache.reference()
        outcomes: list[Outcome] = []
        ready: list[Delivery] = []
        readings = []
        for delivery in deliveries:
            changes = [one.changes for one in delivery.order.corrections.all()]
            payload = corrected(delivery.order.payload, changes).payload
            reading = self.context.attempt(partial(read, payload, reference))
            if isinstance(reading, Failure):
                outcomes.append(self._bug(delivery, reading))
            else:
                readings.append((Delivery(delivery.item, delivery.order, payload), reading))
        orders = [reading.order for _, reading in readings if reading.order is not None]
        world = world_loader.load(orders, reference) if readings else World(reference)
        for delivery, reading in readings:
            found = self.context.attempt(partial(translate_reading, reading, world))
            if isinstance(found, Failure):
                outcomes.append(self._bug(delivery, found))
            elif found.order is None:
                outcomes.append(held(delivery, found.problems))
            else:
                ready.append(Delivery(delivery.item, delivery.order, delivery.payload, found.order))
        return ready, outcomes

    def _answered(self, delivery: Delivery, answer: PlacedOrder | Failure | None) -> Outcome:
        if isinstance(answer, PlacedOrder):
            return verdict.booked(delivery, answer)
        if answer is None:
            return released(delivery, not_before=self._pause())
        self.context.keep_failure(answer)
        if isinstance(answer.error, CircuitOpen | MisconfiguredError):
            return released(delivery, not_before=self._pause(), why=answer.error.message)
        most = self.context.setting.max_attempts
        return verdict.failed(delivery, answer, most, timezone.now())

    def _find(self, delivery: Delivery) -> PlacedOrder | Failure | None:
        if self._ending.is_set():
            return Failure(self.end or CircuitOpen("Stopped before Prima was asked."))
        key = order_key(delivery.order.payload["order"])
        return self._called(delivery, partial(self.prima.find_order, SYSTEM, key))

    def _post(self, delivery: Delivery) -> PlacedOrder | Failure | None:
        """None when it was not tried: nothing was sent."""
        order = delivery.sales_order
        if order is None or self._ending.is_set() or self.context.stopping.is_set():
            return None
        return self._called(delivery, partial(self._create, order))

    def _create(self, order: SalesOrder) -> PlacedOrder:
        return self.prima.create_order(order, idempotency_key=order.external_ref)

    def _called(self, delivery: Delivery, call: Callable[[], Result]) -> Result | Failure:
        with about(delivery.item.pk):
            result = self.context.attempt(call)
        if isinstance(result, Failure) and isinstance(
            result.error, CircuitOpen | MisconfiguredError
        ):
            self.end = self.end or result.error
            self._ending.set()
        return result

    def _each(
        self, deliveries: Sequence[Delivery], work: Callable[[Delivery], Result]
    ) -> list[Result]:
        return self.senders.results(self.senders.begin(deliveries, work), meanwhile=self._meanwhile)

    def _meanwhile(self) -> None:
        if time.monotonic() - self._renewed_at > RENEW_SECONDS:
            self._renewed_at = time.monotonic()
            claims.renew(self.claim)
            if self.following is not None:
                claims.renew(self.following.claim)
        self.context.beat()

    def _pause(self) -> datetime | None:
        """When to go on after a stop that the connection asked for."""
        seconds = self.end.retry_after if isinstance(self.end, CircuitOpen) else None
        return None if seconds is None else timezone.now() + timedelta(seconds=seconds)

    def _bug(self, delivery: Delivery, failure: Failure) -> Outcome:
        self.context.keep_failure(failure)
        return held(delivery, (verdict.unexpected(delivery, failure),))

    def _count(self, outcomes: Sequence[Outcome]) -> None:
        states = [outcome.state for outcome in outcomes]
        self.context.count(
            seen=len(self.claim.items),
            sent=states.count(State.SENT),
            held=states.count(State.HELD),
            failed=sum(one.state == State.WAITING and bool(one.last_error) for one in outcomes),
        )


def due(flow: str) -> int:
    """How many items wait."""
    return SyncItem.objects.filter(flow=flow, state=State.WAITING).count()
