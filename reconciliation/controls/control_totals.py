"""Counts and sums per day, currency and campaign on both sides: proof that nothing got lost."""
# ruff: noqa: S608 - every part of the SQL is a constant of the product.

from django.db import connection

from integration.accounts.roles import Role
from integration.core.money_sql import minor, shown
from integration.mirror.order_days import local_day, placed_at
from reconciliation.control import Category, Control, Scope, is_open
from reconciliation.models import DayTotal

_DAY = local_day(placed_at("o"))
_ARRIVED_KEY = f"'arrived|' || {_DAY} || '|' || o.currency || '|' || o.campaign"
_SENT_KEY = f"'sent|' || {_DAY} || '|' || p.currency || '|' || o.campaign"
_BOOKED_DAY = "COALESCE(b.order_date, b.read_at::date)"
_WAS_READ = """p.created_at < COALESCE(
            (SELECT moved_at FROM sync_cursor WHERE flow = 'prima_orders'), '-infinity')"""
_INVOICED = """b.deleted_at IS NULL AND b.invoice_status = 'full'
        AND b.order_status NOT IN ('cancelled', 'rejected')"""
_BOOKED_KEY = (
    f"'invoiced|' || {_BOOKED_DAY} || '|' || b.currency || '|' || COALESCE(o.campaign, '')"
)


def _sums(count: str, total: str) -> str:
    amount = shown(total, "split_part(key, '|', 3)")
    return f"jsonb_build_object('count', {count}::text, 'sum', {amount}::text)"


_TOTALS = f"""arrived AS (
    SELECT {_ARRIVED_KEY} AS key, count(*) AS left_count, sum(COALESCE(o.total_paid, 0)) AS left_sum,
        count(*) FILTER (WHERE p.id IS NOT NULL OR i.state IS NOT NULL AND i.state <> 'sent')
            AS right_count,
        COALESCE(sum(COALESCE(o.total_paid, 0)) FILTER (
            WHERE p.id IS NOT NULL OR i.state IS NOT NULL AND i.state <> 'sent'), 0) AS right_sum,
        'main' AS company
    FROM mirror_campaignorder o
    LEFT JOIN sync_syncitem i ON i.flow = 'orders_to_prima' AND i.external_id = o.key
    LEFT JOIN mirror_primaorder p ON p.campaign_order_id = o.id
    WHERE {_ARRIVED_KEY} IN (SELECT key FROM scope) GROUP BY 1
), sent AS (
    SELECT {_SENT_KEY} AS key, count(*) AS left_count, sum(p.gross) AS left_sum,
        count(b.id) AS right_count, COALESCE(sum(b.gross), 0) AS right_sum,
        COALESCE(min(b.company), 'main') AS company
    FROM mirror_primaorder p JOIN mirror_campaignorder o ON o.id = p.campaign_order_id
    LEFT JOIN mirror_bookedorder b ON b.order_number = p.order_number AND b.deleted_at IS NULL
    WHERE {_SENT_KEY} IN (SELECT key FROM scope)
        AND {_WAS_READ}
    GROUP BY 1
), papers AS (
    SELECT n.number, d.currency, sum(d.gross) AS gross,
        bool_or(cardinality(d.order_numbers) > 1) AS shared
    FROM mirror_primadocument d, unnest(d.order_numbers) AS n(number)
    WHERE d.kind = 'invoice' AND d.deleted_at IS NULL GROUP BY 1, 2
), invoiced AS (
    SELECT {_BOOKED_KEY} AS key, count(*) AS left_count, sum(b.gross) AS left_sum,
        count(x.number) AS right_count,
        COALESCE(sum(CASE WHEN x.shared THEN b.gross ELSE x.gross END), 0) AS right_sum,
        min(b.company) AS company
    FROM mirror_bookedorder b
    LEFT JOIN mirror_campaignorder o ON b.external_system = 'sfmc' AND o.key = b.external_ref
    LEFT JOIN papers x ON x.number = b.order_number AND x.currency = b.currency
    WHERE {_INVOICED}
        AND {_BOOKED_KEY} IN (SELECT key FROM scope)
    GROUP BY 1
), totals AS (
    SELECT 'arrived' AS category, * FROM arrived
    UNION ALL SELECT 'sent', * FROM sent UNION ALL SELECT 'invoiced', * FROM invoiced
)
"""
# In one statement, so that who looks meanwhile sees the days as they were or as they are.
_KEEP = f"""
WITH scope AS MATERIALIZED (
    SELECT DISTINCT key FROM ({{keys}}) AS keys WHERE key IS NOT NULL AND key <> ''
), {_TOTALS}, gone AS (
    DELETE FROM reconciliation_daytotal t
    WHERE t.key IN (SELECT left(key, 200) FROM scope)
        AND t.key NOT IN (SELECT left(key, 200) FROM totals)
)
INSERT INTO reconciliation_daytotal (key, company, day, currency, amount)
SELECT DISTINCT ON (left(key, 200)) left(key, 200), company, split_part(key, '|', 2)::date,
    left(split_part(key, '|', 3), 3), {minor("left_sum", "split_part(key, '|', 3)")}
FROM totals
ON CONFLICT (key) DO UPDATE SET company = excluded.company, amount = excluded.amount
    WHERE (reconciliation_daytotal.company, reconciliation_daytotal.amount)
        IS DISTINCT FROM (excluded.company, excluded.amount)
"""


class ControlTotals(Control):
    slug = "control_totals"
    title = "Control totals"
    meaning = (
        "Per day, currency and campaign: every order that arrived is in Prima or waits with a "
        "reason; every order sent is in Prima; every order invoiced in full has its invoices."
    )
    left = "What went in"
    right = "What came out"
    key = "Step, day, currency and campaign"
    words = {"count": "Number", "sum": "Sum"}
    categories = (
        Category(
            "arrived",
            "Arrived and nowhere",
            Role.OPERATIONS,
            "Orders arrived that are neither in Prima nor waiting, held or rejected.",
            "Every order that arrived is accounted for",
        ),
        Category(
            "sent",
            "Sent and not in Prima",
            Role.OPERATIONS,
            "Prima holds fewer or other sums than were sent.",
            "What was sent is in Prima",
        ),
        Category(
            "invoiced",
            "Orders and invoices differ",
            Role.FINANCE,
            "The invoices of orders that are invoiced in full come to another sum.",
            "The invoices come to what was ordered",
            tolerable=True,
        ),
    )
    everything = f"""
        SELECT {_ARRIVED_KEY} AS key FROM mirror_campaignorder o
        UNION SELECT {_SENT_KEY} FROM mirror_primaorder p
        JOIN mirror_campaignorder o ON o.id = p.campaign_order_id
        UNION SELECT {_BOOKED_KEY} FROM mirror_bookedorder b
        LEFT JOIN mirror_campaignorder o ON b.external_system = 'sfmc' AND o.key = b.external_ref
        UNION SELECT key FROM reconciliation_difference
        WHERE control = 'control_totals' AND closed_at IS NULL
        UNION SELECT key FROM reconciliation_daytotal
    """
    changed = f"""
        SELECT {_ARRIVED_KEY} AS key FROM mirror_campaignorder o
        WHERE o.last_seen_at >= %(since)s
        UNION SELECT {_SENT_KEY} FROM mirror_primaorder p
        JOIN mirror_campaignorder o ON o.id = p.campaign_order_id
        LEFT JOIN mirror_bookedorder b ON b.order_number = p.order_number
        WHERE p.created_at >= %(since)s::timestamptz - interval '1 day' OR b.read_at >= %(since)s
            OR b.deleted_at >= %(since)s
        UNION SELECT {_BOOKED_KEY} FROM mirror_bookedorder b
        LEFT JOIN mirror_campaignorder o ON b.external_system = 'sfmc' AND o.key = b.external_ref
        WHERE b.read_at >= %(since)s OR b.deleted_at >= %(since)s OR b.order_number IN (
            SELECT unnest(order_numbers) FROM mirror_primadocument
            WHERE kind = 'invoice' AND (read_at >= %(since)s OR deleted_at >= %(since)s))
        UNION SELECT key FROM reconciliation_difference
        WHERE control = 'control_totals' AND closed_at IS NULL
    """
    compare = f"""
    WITH {_TOTALS}
    SELECT key, category, company, split_part(key, '|', 2)::date AS day,
        left(split_part(key, '|', 3), 3) AS currency,
        {minor("left_sum - right_sum", "split_part(key, '|', 3)")} AS amount,
        {minor("left_sum", "split_part(key, '|', 3)")} AS base, '' AS gateway,
        split_part(key, '|', 4) AS campaign,
        CASE category WHEN 'arrived' THEN 'Orders that arrived are not all accounted for'
            WHEN 'sent' THEN 'What was sent and what Prima holds differ'
            ELSE 'What was ordered and what was invoiced differ' END
            || ', ' || to_char(split_part(key, '|', 2)::date, 'FMDD Mon YYYY') AS title,
        {_sums("left_count", "left_sum")} AS left_side,
        {_sums("right_count", "right_sum")} AS right_side,
        array_remove(ARRAY[CASE WHEN left_count <> right_count THEN 'count' END,
            CASE WHEN left_sum <> right_sum THEN 'sum' END], NULL) AS fields,
        '' AS near_rule, '' AS near_reason, '' AS cause
    FROM totals WHERE left_count <> right_count OR left_sum <> right_sum
    """
    agreed = f"""
        SELECT t.key, t.company, t.day, t.currency, '' AS gateway, t.amount
        FROM reconciliation_daytotal t WHERE NOT {is_open("control_totals", "t.key")}
    """

    def prepare(self, scope: Scope) -> None:
        """Keeps what went into each step on the days that are compared."""
        whole = scope.whole or not DayTotal.objects.exists()
        keys = "SELECT unnest(%(keys)s::text[]) AS key" if scope.keys else self.changed
        told = {**scope.parameters(), "keys": list(scope.keys)}
        keep = _KEEP.format(keys=self.everything if whole else keys)
        with connection.cursor() as cursor:
            cursor.execute(keep, told)
