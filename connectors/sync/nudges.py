"""Asks for a flow to run soon. A nudge only says "look at the rows": it may be lost or come twice."""

from django_q.tasks import async_task

from connectors.sync import asking
from connectors.sync.context import SCHEDULE
from connectors.sync.flow import flow_of


def nudge(flow: str, started_by: str = SCHEDULE) -> None:
    """In the caller's transaction: the nudge and what it is about appear together.

    It waits in the queue of the flow's lane.
    """
    lane = flow_of(flow).lane or None
    async_task("connectors.sync.tasks.run_flow", flow, started_by, cluster=lane)


def nudge_consent(*flows: str) -> None:
    """In the lane of opt-outs: nothing else waits in its queue."""
    for flow in flows:
        nudge(flow)


def hint(flow: str) -> None:
    """As `nudge`, for what may come in storms.

    However many hints come before the flow begins, one task waits; one that comes while it runs
    has it run once more.
    """
    if asking.ask(flow):
        nudge(flow)


def take_pushes() -> None:
    """Pushed orders wait to be taken in."""
    async_task("connectors.sync.tasks.take_pushes")
