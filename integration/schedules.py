"""The timetable: what runs in the background, and how often, until an admin says otherwise.

Tasks of the upper floors are named by string. `manage.py schedules` writes it to the database.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timetable. The minutes of a flow can be changed in admin."""

    name: str
    task: str
    minutes: int
    flow: str = ""
    cluster: str = ""


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
    Entry("Pushed orders that were left over", "connectors.sync.tasks.take_pushes", 5),
    Entry("Old sync runs and exchanges", "connectors.sync.tasks.tidy", 24 * 60),
    Entry("Lost jobs and snoozed cases", "exceptions.tasks.sweep", 5),
    Entry("Lost checks of campaigns", "exceptions.preflight.tasks.sweep", 5),
    Entry("Reconciliation", "reconciliation.tasks.reconcile", 10),
    Entry("Payout files in the watched folder", "reconciliation.importing.tasks.watch_folder", 3),
    Entry("Forgotten payout files", "reconciliation.importing.tasks.tidy", 24 * 60),
    Entry("Old jobs and payloads", "exceptions.tasks.prune", 24 * 60),
)


def minutes_of(flow: str) -> int:
    """How often the flow runs by the timetable."""
    return next(entry.minutes for entry in TIMETABLE if entry.flow == flow)
