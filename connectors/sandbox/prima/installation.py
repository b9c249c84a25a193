"""One Prima installation: its storage, its clock and its companies with their code lists."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Lock
from typing import Any

from connectors.sandbox.clock import Clock
from connectors.sandbox.faults import Faults
from connectors.sandbox.prima import records
from connectors.sandbox.prima.capabilities import Capabilities
from connectors.sandbox.store import Store

CODE_LISTS = ("tax-codes", "charge-codes", "promotion-codes", "source-media", "payment-methods")
VOUCHERS = "vouchers"


@dataclass(frozen=True, slots=True)
class Entry:
    """One code of a list. `rate` in percent, for tax codes; `kind` for payment methods."""

    code: str
    rate: Decimal
    kind: str
    valid_from: str
    valid_to: str

    def valid_on(self, day: date) -> bool:
        iso = day.isoformat()
        return self.valid_from <= iso and (not self.valid_to or iso <= self.valid_to)


@dataclass
class Company:
    """A company's books. The code lists are kept in memory until `forget_lists`."""

    name: str
    store: Store
    capabilities: Capabilities
    _lists: dict[str, dict[str, Entry]] = field(default_factory=dict)

    def at(self, resource: str) -> tuple[str, str]:
        return self.name, resource

    def codes(self, resource: str) -> Mapping[str, Entry]:
        found = self._lists.get(resource)
        if found is None:
            with self.store.read() as db:
                found = {r["code"]: _entry(r) for r in records.every(db, self.at(resource))}
            self._lists[resource] = found
        return found

    def forget_lists(self) -> None:
        self._lists.clear()


@dataclass
class Installation:
    """What every call reaches for. `in_flight`: (company, idempotency key), guarded by `guard`."""

    store: Store
    faults: Faults
    clock: Clock
    companies: dict[str, Company] = field(default_factory=dict)
    in_flight: set[tuple[str, str]] = field(default_factory=set)
    guard: Lock = field(default_factory=Lock)

    def now(self) -> str:
        return moment(self.clock.now())


def moment(at: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def _entry(record: Mapping[str, Any]) -> Entry:
    return Entry(
        code=record["code"],
        rate=Decimal(record.get("rate") or 0),
        kind=record.get("kind") or "",
        valid_from=record.get("valid_from") or "",
        valid_to=record.get("valid_to") or "",
    )
