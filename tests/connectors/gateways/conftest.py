"""The sample files, and what a reader makes of a file."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from connectors.gateways.gateway import Event, Format
from connectors.gateways.problems import FileProblem
from connectors.gateways.recognition import recognise_file
from integration.records.bank import BankLine, BankStatement
from integration.records.payout import Footed, Payout, PayoutLine

SAMPLES = Path(__file__).parent / "samples"


@dataclass
class Outcome:
    """Everything a reader told of a file. `problem` is set when it refused it."""

    format: Format | None = None
    lines: list[PayoutLine] = field(default_factory=list)
    payouts: list[Payout] = field(default_factory=list)
    bookings: list[BankLine] = field(default_factory=list)
    statements: list[BankStatement] = field(default_factory=list)
    footed: Footed | None = None
    problem: FileProblem | None = None

    @property
    def code(self) -> str:
        return self.problem.code.value if self.problem else "read"

    @property
    def whole(self) -> bool:
        return self.footed is not None and self.footed.whole

    def by_kind(self) -> dict[str, str]:
        """Net by kind and currency, as text: {"charge GBP": "120.00"}."""
        sums: dict[str, Decimal] = {}
        for line in self.lines:
            key = f"{line.kind} {line.currency}"
            sums[key] = sums.get(key, Decimal(0)) + line.net
        return {key: str(value) for key, value in sums.items()}

    def take(self, event: Event) -> None:
        for kind, where in (
            (PayoutLine, self.lines),
            (Payout, self.payouts),
            (BankLine, self.bookings),
            (BankStatement, self.statements),
        ):
            if isinstance(event, kind):
                kept: list[Any] = where
                kept.append(event)
        if isinstance(event, Footed):
            assert self.footed is None
            self.footed = event


def outcome_of(data: bytes, name: str = "file", known: Format | None = None) -> Outcome:
    stream = BytesIO(data)
    outcome = Outcome()
    try:
        outcome.format = known or recognise_file(stream, name)
        for event in outcome.format.read(stream):
            outcome.take(event)
    except FileProblem as problem:
        outcome.problem = problem
    assert not stream.closed
    return outcome


@pytest.fixture
def read() -> Callable[..., Outcome]:
    return outcome_of


@pytest.fixture
def sample() -> Callable[[str], bytes]:
    return lambda name: (SAMPLES / name).read_bytes()
