"""Asks for a flow to run soon. A nudge only says "look at the rows": it may be lost or come twice."""

from django_q.tasks import async_task

from connectors.sync import asking
from connectors.sync.flow import CONSENT, flow_of


def nudge(flow: str) -> None:
    """In the caller's transaction: the nudge and what it is about appear together."""
    async_task("connectors.sync.tasks.run_flow", flow)


def nudge_consent(*flows: str) -> None:
    """As `nudge`, in the lane of opt-outs: nothing else waits in its queue."""
    for flow in flows:
        async_task("connectors.sync.tasks.run_flow", flow, cluster=CONSENT)


def hint(flow: str) -> None:
    """As `nudge`, in the queue of the flow's lane, for what may come in storms.

    However many hints come before the flow begins, one task waits; one that comes while it runs
    has it run once more.
    """
    if asking.ask(flow):
        again(flow)


def again(flow: str) -> None:
    """A task for the flow in the queue of its lane, whoever else has asked."""
    async_task("connectors.sync.tasks.run_flow", flow, cluster=flow_of(flow).lane or None)


def take_pushes() -> None:
    """Pushed orders wait to be taken in."""
    async_task("connectors.sync.tasks.take_pushes")
