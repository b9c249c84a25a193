"""What became of one order, and what its row shall say."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.sync.inbox import subject_of
from connectors.sync.mirrored import as_data
from connectors.sync.models import SyncItem
from connectors.sync.orders.summary import summary
from integration.core.problems import Finding, Problem
from integration.mirror.models import CampaignOrder
from integration.records.sales_order import PlacedOrder, SalesOrder

State = SyncItem.State


@dataclass(frozen=True, slots=True)
class Delivery:
    """An order that is being worked on: its item, its row, and once translated what to send.

    `payload` is the order as it was translated, with people's corrections.
    """

    item: SyncItem
    order: CampaignOrder
    payload: Any = None
    sales_order: SalesOrder | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """`attempts` and `crashes` are what the row shall say; `in_doubt`: it may be in Prima."""

    delivery: Delivery
    state: State
    attempts: int = 0
    crashes: int = 0
    in_doubt: bool = False
    not_before: datetime | None = None
    last_error: str = ""
    placed: PlacedOrder | None = None
    found: bool = False
    problems: tuple[Problem, ...] = ()

    @property
    def finding(self) -> Finding | None:
        """What to report. An order that went through smoothly needs no word."""
        if self.problems or (self.state == State.SENT and was_in_trouble(self.delivery.item)):
            return finding(self.delivery, self.problems)
        return None


def was_in_trouble(item: SyncItem) -> bool:
    """There may be open cases of the record: it was held, or had failed, before."""
    return bool(item.reason or item.last_error or item.crashes)


def finding(delivery: Delivery, problems: tuple[Problem, ...]) -> Finding:
    order = delivery.order
    return Finding(
        subject=subject_of(order.key, summary(order.payload)),
        problems=problems,
        source="orders_to_prima",
        source_payload=delivery.payload if delivery.payload is not None else order.payload,
        target_payload=sent_payload(delivery.sales_order) if delivery.sales_order else None,
        healed_by=delivery.item.reason,
    )


def held(
    delivery: Delivery,
    problems: tuple[Problem, ...],
    *,
    in_doubt: bool = False,
    attempts: int | None = None,
) -> Outcome:
    """A person must act. `attempts` when one more was made than the item knows."""
    return Outcome(
        delivery,
        State.HELD,
        attempts=delivery.item.attempts if attempts is None else attempts,
        in_doubt=in_doubt,
        last_error=" ".join(problem.message for problem in problems)[:2_000],
        problems=problems,
    )


def released(
    delivery: Delivery, *, not_before: datetime | None = None, why: str = "", in_doubt: bool = False
) -> Outcome:
    """Not tried after all: it waits as before, and no attempt is counted."""
    item = delivery.item
    return Outcome(
        delivery,
        State.WAITING,
        attempts=item.attempts,
        crashes=item.crashes,
        in_doubt=in_doubt,
        not_before=not_before,
        last_error=why or item.last_error,
    )


def sent_payload(order: SalesOrder) -> Any:
    """The order as plain data, for keeping and for showing beside the source."""
    return as_data(order)
