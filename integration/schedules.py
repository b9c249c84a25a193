"""The timetable: what runs in the background, and how often, until an admin says otherwise.

Tasks of the upper floors are named by string. `manage.py schedules` writes it to the database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timetable. The minutes of a flow can be changed in admin.

    `page` is the name of the page that tells what comes of it; a flow has its row of the syncs.
    """

    name: str
    task: str
    minutes: int
    flow: str = ""
    cluster: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """What a background task does, as people call it, and the name of the page that tells of it."""

    title: str
    page: str = ""
    flow: str = ""


RUN_FLOW = "connectors.sync.tasks.run_flow"

TIMETABLE = (
    Entry("Reference data from Prima", RUN_FLOW, 2, flow="prima_reference"),
    Entry("Campaign orders from Marketing Cloud", RUN_FLOW, 1, flow="campaign_orders"),
    Entry("Contacts from Marketing Cloud", RUN_FLOW, 2, flow="contacts"),
    Entry("Order lines without an order", RUN_FLOW, 60, flow="stray_lines"),
    Entry("Orders to Prima", RUN_FLOW, 1, flow="orders_to_prima"),
    Entry("Customers linked", RUN_FLOW, 5, flow="customer_links"),
    Entry("Customer keys to Prima", RUN_FLOW, 10, flow="customer_keys"),
    Entry("Stock from Prima", RUN_FLOW, 5, flow="prima_stock"),
    Entry("Products and stock to Marketing Cloud", RUN_FLOW, 5, flow="products_to_sfmc"),
    Entry("Orders and documents from Prima", RUN_FLOW, 1, flow="prima_documents"),
    Entry("Order events to Marketing Cloud", RUN_FLOW, 1, flow="order_events"),
    Entry("Back in stock", RUN_FLOW, 5, flow="back_in_stock"),
    Entry("Customers between both systems", RUN_FLOW, 1, flow="customers"),
    Entry("Comparison of contacts and accounts", RUN_FLOW, 24 * 60, flow="compare_contacts"),
    Entry("Opt-outs from Prima", RUN_FLOW, 1, flow="consent_from_prima", cluster="consent"),
    Entry(
        "Opt-outs from Marketing Cloud", RUN_FLOW, 1, flow="consent_from_sfmc", cluster="consent"
    ),
    Entry("Opt-outs to Marketing Cloud", RUN_FLOW, 1, flow="consent_to_sfmc", cluster="consent"),
    Entry("Opt-outs to Prima", RUN_FLOW, 1, flow="consent_to_prima", cluster="consent"),
    Entry("Orders to Marketing Cloud", RUN_FLOW, 2, flow="orders_to_sfmc"),
    Entry("Purchase history to Marketing Cloud", RUN_FLOW, 30, flow="purchase_history"),
    Entry(
        "Pushed orders that were left over", "connectors.sync.tasks.take_pushes", 5, page="syncs"
    ),
    Entry("Old sync runs and exchanges", "connectors.sync.tasks.tidy", 24 * 60, page="syncs"),
    Entry("Lost jobs and snoozed cases", "exceptions.tasks.sweep", 5, page="jobs"),
    Entry("Lost checks of campaigns", "exceptions.preflight.tasks.sweep", 5, page="preflights"),
    Entry("Reconciliation", "reconciliation.tasks.reconcile", 10, page="reconciliation"),
    Entry(
        "Payout files in the watched folder",
        "reconciliation.importing.tasks.watch_folder",
        3,
        page="payout-files",
    ),
    Entry(
        "Forgotten payout files",
        "reconciliation.importing.tasks.tidy",
        24 * 60,
        page="payout-files",
    ),
    Entry("Old sessions and results of tasks", "integration.tidying.tidy", 24 * 60),
    Entry("Old jobs and payloads", "exceptions.tasks.prune", 24 * 60, page="jobs"),
)


# Begun by what somebody does, or by what arrives.
ON_DEMAND: Mapping[str, Work] = {
    "exceptions.tasks.run_job": Work("Work over many records", "jobs"),
    "exceptions.preflight.tasks.check": Work("Check of a campaign", "preflights"),
    "exceptions.customers.tasks.link_estate": Work("Linking of the whole estate", "linking"),
    "reconciliation.importing.tasks.read_file": Work("Reading of a payout file", "payout-files"),
    "reconciliation.importing.tasks.import_file": Work("Import of a payout file", "payout-files"),
    "connectors.sync.tasks.take_pushes": Work("Pushed orders", "syncs"),
}
OTHER = Work("Other background work")
_BY_FLOW: Mapping[str, Work] = {
    entry.flow: Work(entry.name, "syncs", entry.flow) for entry in TIMETABLE if entry.flow
}
_BY_TASK: Mapping[str, Work] = {
    entry.task: Work(entry.name, entry.page) for entry in TIMETABLE if not entry.flow
}


def title_of(flow: str) -> str:
    """The flow as people call it; one that is no more keeps its name."""
    return _BY_FLOW[flow].title if flow in _BY_FLOW else flow


def work_of(task: str, arguments: Sequence[Any] = ()) -> Work:
    """What the background task does. One that runs a flow is called as the flow."""
    if task == RUN_FLOW and arguments:
        flow = str(arguments[0])
        return _BY_FLOW.get(flow) or Work(flow, "syncs", flow)
    return ON_DEMAND.get(task) or _BY_TASK.get(task) or OTHER


def minutes_of(flow: str) -> int:
    """How often the flow runs by the timetable."""
    return next(entry.minutes for entry in TIMETABLE if entry.flow == flow)
