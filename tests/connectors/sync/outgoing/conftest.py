"""A quick Marketing Cloud that takes rows, and a run that sends them."""

import threading
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any

import pytest
from django.utils import timezone

from connectors.sandbox.running import RunningSandbox, running
from connectors.sync import runner
from connectors.sync.connections import Remotes
from connectors.sync.context import Context
from connectors.sync.models import FlowSetting, SyncRun
from connectors.sync.recorder import ExchangeRecorder
from tests.connectors.sync.desk import connect
from tests.journeys.desk import world


@pytest.fixture(scope="session")
def served_world() -> Iterator[RunningSandbox]:
    told = world(right=2, wrong=0)
    told["sfmc"]["async_seconds"] = 0.02
    with running(told) as sandbox:
        yield sandbox


@pytest.fixture
def cloud(served_world: RunningSandbox, transactional_db: None) -> RunningSandbox:
    served_world.reload()
    connect(served_world)
    return served_world


@pytest.fixture
def begin() -> Iterator[Callable[..., Context]]:
    """A run of a flow, as the runner would begin it."""
    begun: list[Context] = []

    def make(**setting: Any) -> Context:
        now = timezone.now()
        run = SyncRun.objects.create(flow="test", started_at=now, heartbeat_at=now)
        recorder, stopping = ExchangeRecorder(run.pk), threading.Event()
        context = Context(
            run=run,
            setting=FlowSetting(flow="test", **{"batch_size": 2_500, "max_attempts": 3, **setting}),
            remotes=Remotes(recorder, stopping),
            recorder=recorder,
            attempt=runner.attempt,
            stopping=stopping,
            owner="test",
            ends_at=monotonic() + 120,
        )
        begun.append(context)
        return context

    yield make
    for one in begun:
        one.remotes.close()
