"""Asks for a flow to run soon. A nudge only says "look at the rows": it may be lost or come twice."""

from django_q.tasks import async_task

from connectors.sync.flow import CONSENT


def nudge(flow: str) -> None:
    """In the caller's transaction: the nudge and what it is about appear together."""
    async_task("connectors.sync.tasks.run_flow", flow)


def nudge_consent(*flows: str) -> None:
    """As `nudge`, in the lane of opt-outs: nothing else waits in its queue."""
    for flow in flows:
        async_task("connectors.sync.tasks.run_flow", flow, cluster=CONSENT)


def take_pushes() -> None:
    """Pushed orders wait to be taken in."""
    async_task("connectors.sync.tasks.take_pushes")
