"""One row for each campaign order with all its money: what every figure of the report is made of.

Amounts are in the order's own currency, as Prima books it. A receipt in a match with an invoice is a
voucher: the line of the gateway paid the rest.
"""
# ruff: noqa: S608 - every part of the SQL is a constant of the product.

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from connectors.sync.flow import ORDERS
from connectors.sync.models import SyncItem
from exceptions.campaigns.narrowed import Narrowed
from integration.mirror.order_days import placed_at

_ON_THE_WAY = f"state IS NULL OR state IN {SyncItem.ON_THE_WAY}"


@dataclass(frozen=True, slots=True)
class Figure:
    """`amount` is a column of the ledger, `holds` says which rows count."""

    slug: str
    title: str
    amount: str
    holds: str
    meaning: str


FIGURES: Mapping[str, Figure] = {
    one.slug: one
    for one in (
        Figure("ordered", "Ordered", "total_paid", "TRUE",
               "Every order of the campaign that arrived, at what the customer paid."),
        Figure("created", "In Prima", "booked", "booked IS NOT NULL",
               "Orders booked in Prima, at what Prima makes of them."),
        Figure("invoiced", "Invoiced", "invoiced", "invoiced IS NOT NULL",
               "Orders with an invoice, with tax."),
        Figure("credited", "Credited", "credited", "credited IS NOT NULL",
               "Orders with a credit note, with tax."),
        Figure("paid_out", "Paid out", "paid_out", "paid_out IS NOT NULL",
               "Invoices less vouchers, receipts and refunds that payouts of gateways were matched "
               "with, before fees."),
        Figure("held", "Held", "total_paid", "state = 'held' AND booked IS NULL",
               "Orders that wait for a person, in the queues of exceptions."),
        Figure("waiting", "On their way", "total_paid",
               f"booked IS NULL AND ({_ON_THE_WAY})",
               "Orders that go to Prima by themselves."),
        Figure("rejected", "Rejected", "total_paid",
               "booked IS NULL AND state IN ('rejected', 'cancelled', 'sent')",
               "Orders that a person refused or called off."),
    )
}  # fmt: skip
"""Ordered is always in Prima, held, on their way and rejected together."""

_PLACED_AT = placed_at("placed")
_LEDGER = f"""
WITH placed AS MATERIALIZED (
    SELECT placed.key, placed.campaign, placed.journey, placed.customer_name,
           {_PLACED_AT} AS at,
           coalesce(tie.currency, upper(placed.currency)) AS currency,
           placed.total_paid, tie.order_number, tie.gross AS booked, item.state
    FROM mirror_campaignorder AS placed
    LEFT JOIN mirror_primaorder AS tie ON tie.campaign_order_id = placed.id
    LEFT JOIN sync_syncitem AS item ON item.flow = %(flow)s AND item.external_id = placed.key
    WHERE {_PLACED_AT} >= %(first)s AND {_PLACED_AT} < %(after)s
      AND (%(campaign)s::text IS NULL OR placed.campaign = %(campaign)s)
      AND (%(journey)s::text IS NULL OR placed.journey = %(journey)s)
      AND (%(currency)s = '' OR coalesce(tie.currency, upper(placed.currency)) = %(currency)s)
      AND (%(text)s = '' OR strpos(upper(placed.campaign), upper(%(text)s)) > 0)
), documents AS (
    SELECT paper.order_number, paper.currency,
           sum(paper.gross) FILTER (WHERE paper.kind = 'invoice') AS invoiced,
           sum(paper.gross) FILTER (WHERE paper.kind = 'credit_note') AS credited,
           sum(CASE WHEN paper.kind = 'credit_note' OR paper.kind = 'receipt' AND held.pays_invoice
               THEN -paper.gross ELSE paper.gross END)
               FILTER (WHERE held.in_payout) AS paid_out
    FROM placed
    JOIN mirror_primadocument AS paper ON paper.order_number = placed.order_number
    LEFT JOIN LATERAL (
        SELECT bool_or(line.payout_id IS NOT NULL) AS in_payout,
               bool_or(beside.kind = 'invoice') AS pays_invoice
        FROM reconciliation_match AS own
        JOIN reconciliation_match AS side
            ON side.id = coalesce(own.head_id, own.id)
            OR side.head_id = coalesce(own.head_id, own.id)
        LEFT JOIN reconciliation_gatewayline AS line ON line.id = side.line_id
        LEFT JOIN mirror_primadocument AS beside ON beside.id = side.document_id
        WHERE own.document_id = paper.id AND own.undone_at IS NULL AND side.undone_at IS NULL
    ) AS held ON TRUE
    WHERE paper.deleted_at IS NULL
    GROUP BY 1, 2
), ledger AS (
    SELECT placed.*, documents.invoiced, documents.credited, documents.paid_out
    FROM placed
    LEFT JOIN documents ON documents.order_number = placed.order_number
        AND documents.currency = placed.currency
)
"""
_COUNTS = ", ".join(
    f"count(*) FILTER (WHERE {one.holds}), coalesce(sum({one.amount}) FILTER (WHERE {one.holds}), 0)"
    for one in FIGURES.values()
)
SUMS = f"{_LEDGER} SELECT campaign, journey, currency, {_COUNTS} FROM ledger GROUP BY 1, 2, 3"
WEEKS = f"""{_LEDGER}
SELECT date_trunc('week', at AT TIME ZONE %(zone)s)::date, currency,
       coalesce(sum(total_paid), 0), coalesce(sum(booked), 0), coalesce(sum(invoiced), 0)
FROM ledger GROUP BY 1, 2 ORDER BY 1, 2
"""
REASONS = f"""{_LEDGER}
SELECT journey, currency, behind.kind, count(DISTINCT ledger.key),
       coalesce(sum(ledger.total_paid), 0)
FROM ledger
JOIN LATERAL (
    SELECT DISTINCT held.kind
    FROM exceptions_occurrence AS seen
    JOIN exceptions_exceptioncase AS held ON held.id = seen.case_id
    WHERE seen.system = 'sfmc' AND seen.object = 'order' AND seen.external_id = ledger.key
      AND seen.closed_at IS NULL
) AS behind ON TRUE
WHERE {FIGURES["held"].holds}
GROUP BY 1, 2, 3 ORDER BY 4 DESC, 3, 1, 2
"""
_OF_KIND = """
  AND (%(kind)s = '' OR EXISTS (
    SELECT 1 FROM exceptions_occurrence AS seen
    JOIN exceptions_exceptioncase AS held ON held.id = seen.case_id
    WHERE seen.system = 'sfmc' AND seen.object = 'order' AND seen.external_id = ledger.key
      AND seen.closed_at IS NULL AND held.kind = %(kind)s))
"""


def rows_sql(figure: Figure) -> str:
    """The rows behind a figure, newest first, a page at a time."""
    return f"""{_LEDGER}
SELECT key, at, campaign, journey, customer_name, order_number, state, currency, {figure.amount}
FROM ledger WHERE ({figure.holds}) {_OF_KIND}
ORDER BY at DESC, key LIMIT %(size)s OFFSET %(start)s
"""


def total_sql(figure: Figure) -> str:
    """Number and amount by currency of the same rows."""
    return f"""{_LEDGER}
SELECT currency, count(*), coalesce(sum({figure.amount}), 0)
FROM ledger WHERE ({figure.holds}) {_OF_KIND} GROUP BY 1 ORDER BY 1
"""


def params(narrowed: Narrowed) -> dict[str, Any]:
    """What the statements ask for, days as moments of the desk's own time zone."""
    zone = timezone.get_current_timezone()
    first, last = narrowed.first, narrowed.last
    return {
        "flow": ORDERS,
        "zone": str(zone),
        "first": datetime.combine(first, time(), zone) if first else "-infinity",
        "after": datetime.combine(last + timedelta(days=1), time(), zone) if last else "infinity",
        "campaign": narrowed.campaign,
        "journey": narrowed.journey,
        "currency": narrowed.currency,
        "text": narrowed.text,
        "kind": narrowed.kind,
    }
