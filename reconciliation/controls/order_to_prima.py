"""Campaign orders against the orders Prima holds: there, once, for the same account and money."""
# ruff: noqa: S608 - every part of the SQL is a constant of the product.

from connectors.sync.models import SyncItem
from integration.accounts.roles import Role
from integration.core.money_sql import minor, shown
from reconciliation.control import Category, Control, is_open, settled, sides

_OUT_BY = minor("s.gross - b.gross", "COALESCE(NULLIF(b.currency, ''), s.currency)")
_MATCHED = """
    FROM mirror_campaignorder o
    JOIN mirror_primaorder p ON p.campaign_order_id = o.id
    JOIN mirror_bookedorder b ON b.external_system = 'sfmc' AND b.external_ref = o.key
        AND b.deleted_at IS NULL
"""
# Of an order that Prima holds more than once, the booking we know or else the first that is live.
# Asked of the few that are not the known one, not of a million.
_FIRST = """CASE WHEN b.order_number = p.order_number THEN true ELSE NOT EXISTS (
        SELECT 1 FROM mirror_bookedorder c WHERE c.external_system = 'sfmc'
            AND c.external_ref = b.external_ref AND c.id <> b.id AND c.deleted_at IS NULL
            AND (c.order_number = p.order_number
                OR (c.order_status = 'cancelled', c.id) < (b.order_status = 'cancelled', b.id)))
        END"""

# As one condition on pairs: order and booking are found by the key, not by the same amount.
_SAME = """(b.gross, b.currency, b.account_code)
        IS NOT DISTINCT FROM (p.gross, p.currency, p.account_code)"""
_SENT = f"""
sent AS (
    SELECT k.key, o.campaign, o.id, p.order_number, p.account_code, p.currency, p.gross,
        p.created_at, COALESCE((p.payload->>'order_date')::date, p.created_at::date) AS day,
        (p.payload->'totals'->>'goods_net')::numeric
            + (p.payload->'totals'->>'charges_net')::numeric AS net,
        (p.payload->'totals'->>'tax_total')::numeric AS tax,
        (p.payload->'totals'->>'discount_total')::numeric AS discount,
        (p.payload->'totals'->>'charges_net')::numeric AS charges,
        (SELECT string_agg(codes.key || ' × ' || codes.quantity, ', ' ORDER BY codes.ref)
         FROM (
            SELECT line->>'line_ref' AS ref, trim_scale((line->>'quantity')::numeric) AS quantity,
                upper(concat_ws('|', line->>'sku', NULLIF(line->'variant'->>0, ''),
                    NULLIF(line->'variant'->>1, ''), NULLIF(line->'variant'->>2, ''),
                    NULLIF(line->'variant'->>3, ''))) AS key
            FROM jsonb_array_elements(p.payload->'lines') line
         ) codes) AS lines
    FROM scope k
    JOIN mirror_campaignorder o ON o.key = k.key
    JOIN mirror_primaorder p ON p.campaign_order_id = o.id
), booked AS (
    SELECT b.*, k.key,
        (SELECT string_agg(upper(COALESCE(line->>'sku', '')) || ' × '
            || trim_scale((line->>'quantity')::numeric), ', ' ORDER BY line->>'line_ref')
         FROM jsonb_array_elements(b.data->'lines') line) AS line_text,
        row_number() OVER (PARTITION BY k.key ORDER BY b.order_status = 'cancelled', b.id) AS nth,
        count(*) FILTER (WHERE b.order_status NOT IN ('cancelled', 'rejected'))
            OVER (PARTITION BY k.key) AS live
    FROM scope k
    JOIN mirror_bookedorder b ON b.external_system = 'sfmc' AND b.external_ref = k.key
        AND b.deleted_at IS NULL AND COALESCE(b.order_date, b.read_at::date) <= %(until)s
), pairs AS (
    SELECT s.key, s.campaign, s.day, s.currency AS sent_currency,
        b.currency AS booked_currency, b.company, b.nth, b.live,
        {_OUT_BY} AS out_by, {minor("s.gross", "s.currency")} AS whole,
        {
    sides(
        order_number="s.order_number",
        account="s.account_code",
        currency="s.currency",
        lines="s.lines",
        net=shown("s.net", "s.currency"),
        discount=shown("s.discount", "s.currency"),
        charges=shown("s.charges", "s.currency"),
        tax=shown("s.tax", "s.currency"),
        total=shown("s.gross", "s.currency"),
    )
} AS left_side,
        {
    sides(
        order_number="b.order_number",
        account="b.account_code",
        currency="b.currency",
        lines="b.line_text",
        net=shown("b.net", "b.currency"),
        discount=shown("b.discount", "b.currency"),
        charges=shown("b.charges", "b.currency"),
        tax=shown("b.tax", "b.currency"),
        total=shown("b.gross", "b.currency"),
    )
} AS right_side,
        array_remove(ARRAY[
            CASE WHEN s.lines <> b.line_text THEN 'lines' END,
            CASE WHEN s.net <> b.net THEN 'net' END,
            CASE WHEN s.discount <> b.discount THEN 'discount' END,
            CASE WHEN s.charges <> b.charges THEN 'charges' END,
            CASE WHEN s.tax <> b.tax THEN 'tax' END,
            CASE WHEN s.gross <> b.gross THEN 'total' END
        ], NULL) AS differing,
        s.account_code AS sent_account, b.account_code AS booked_account,
        s.order_number AS sent_number, b.order_number AS booked_number
    FROM sent s JOIN booked b ON b.key = s.key AND b.nth = 1
    WHERE s.day <= %(until)s
)
"""


class OrderToPrima(Control):
    slug = "order_to_prima"
    title = "Campaign orders and Prima orders"
    meaning = (
        "Every campaign order that was sent is in Prima once, with the same account, lines, "
        "discounts, charges, tax and total; and Prima holds none of ours that we do not know."
    )
    left = "What was sent"
    right = "What Prima holds"
    key = "Key of the campaign order"
    words = {
        "order_number": "Prima order",
        "account": "Account",
        "currency": "Currency",
        "lines": "Lines",
        "net": "Net",
        "discount": "Discounts",
        "charges": "Charges",
        "tax": "Tax",
        "total": "Total",
    }
    categories = (
        Category(
            "not_in_prima",
            "Not in Prima",
            Role.OPERATIONS,
            "It was sent and Prima confirmed it, but Prima does not name it among its orders.",
            "Prima names the order now",
        ),
        Category(
            "not_ours",
            "Unknown to us",
            Role.OPERATIONS,
            "Prima holds an order under our name for which no campaign order was sent.",
            "The campaign order is known now, or Prima no longer holds it",
        ),
        Category(
            "twice",
            "Twice in Prima",
            Role.OPERATIONS,
            "Prima holds the same campaign order more than once and none of them is cancelled.",
            "Only one order is left in Prima",
        ),
        Category(
            "customer",
            "Another account",
            Role.OPERATIONS,
            "The order is on another account than the one it was sent for.",
            "The order is on the account it was sent for",
        ),
        Category(
            "currency",
            "Another currency",
            Role.FINANCE,
            "Prima holds it in another currency.",
            "Both sides have the same currency",
        ),
        Category(
            "contents",
            "Other contents",
            Role.OPERATIONS,
            "Lines, net amount, discounts, charges or tax differ, though the total is the same "
            "or not.",
            "Lines, discounts, charges, tax and total are the same on both sides",
        ),
        Category(
            "total",
            "Another total",
            Role.FINANCE,
            "The lines are the same and the money is not.",
            "The totals are the same on both sides",
            tolerable=True,
        ),
    )
    everything = """
        SELECT o.key FROM mirror_campaignorder o
        JOIN mirror_primaorder p ON p.campaign_order_id = o.id
        UNION SELECT external_ref FROM mirror_bookedorder
        WHERE external_system = 'sfmc' AND external_ref <> ''
    """
    changed = """
        SELECT o.key FROM mirror_campaignorder o
        JOIN mirror_primaorder p ON p.campaign_order_id = o.id
        WHERE p.created_at >= %(since)s
        UNION SELECT external_ref FROM mirror_bookedorder
        WHERE external_system = 'sfmc' AND external_ref <> ''
            AND (read_at >= %(since)s OR deleted_at >= %(since)s)
        UNION SELECT o.key FROM mirror_campaignorder o
        JOIN mirror_primaorder p ON p.campaign_order_id = o.id
        WHERE p.created_at >= %(since)s::timestamptz - interval '1 day'
    """
    compare = f"""
    WITH {_SENT}
    SELECT s.key, 'not_in_prima' AS category, 'main' AS company, s.day, s.currency,
        {minor("s.gross", "s.currency")} AS amount, 0::bigint AS base, '' AS gateway, s.campaign,
        'Order ' || s.key || ' is not among the orders of Prima' AS title,
        {
        sides(
            order_number="s.order_number",
            account="s.account_code",
            currency="s.currency",
            lines="s.lines",
            total=shown("s.gross", "s.currency"),
        )
    } AS left_side,
        '{{}}'::jsonb AS right_side, ARRAY['order_number']::text[] AS fields,
        '' AS near_rule, '' AS near_reason, '' AS cause
    FROM sent s
    WHERE s.day <= %(until)s AND NOT EXISTS (SELECT 1 FROM booked b WHERE b.key = s.key)
        AND s.created_at < (SELECT moved_at FROM sync_cursor WHERE flow = 'prima_orders')
    UNION ALL
    SELECT b.key, 'not_ours', b.company, COALESCE(b.order_date, b.read_at::date), b.currency,
        -{minor("b.gross", "b.currency")}, 0, '', '',
        'Prima order ' || b.order_number || ' is not one we sent', '{{}}'::jsonb,
        {
        sides(
            order_number="b.order_number",
            account="b.account_code",
            currency="b.currency",
            lines="b.line_text",
            total=shown("b.gross", "b.currency"),
        )
    },
        ARRAY['order_number'], '', '', ''
    FROM booked b
    WHERE b.nth = 1 AND NOT EXISTS (SELECT 1 FROM sent s WHERE s.key = b.key)
        AND NOT EXISTS (
            SELECT 1 FROM sync_syncitem i WHERE i.flow = 'orders_to_prima'
            AND i.external_id = b.key AND i.state IN {SyncItem.ON_THE_WAY})
    UNION ALL
    SELECT b.key, 'twice', b.company, COALESCE(b.order_date, b.read_at::date), b.currency,
        -{minor("b.gross", "b.currency")}, 0, '', '',
        'Order ' || b.key || ' is in Prima ' || b.live || ' times',
        jsonb_build_object('order_number', (SELECT s.order_number FROM sent s WHERE s.key = b.key)),
        jsonb_build_object('order_number', b.others), ARRAY['order_number'], '', '', ''
    FROM (
        SELECT key, company, order_date, read_at, currency, live,
            sum(gross) FILTER (WHERE nth > 1) OVER (PARTITION BY key) AS gross,
            string_agg(order_number, ', ') OVER (PARTITION BY key) AS others, nth
        FROM booked WHERE order_status NOT IN ('cancelled', 'rejected')
    ) b WHERE b.nth = 1 AND b.live > 1
    UNION ALL
    SELECT key, 'customer', company, day, booked_currency, 0, 0, '', campaign,
        'Order ' || key || ' is on account ' || booked_account || ', sent for ' || sent_account,
        left_side, right_side, ARRAY['account'], '', '', booked_account
    FROM pairs WHERE sent_account <> booked_account
    UNION ALL
    SELECT key, 'currency', company, day, sent_currency, whole, 0, '', campaign,
        'Order ' || key || ' is in ' || booked_currency || ', sent in ' || sent_currency,
        left_side, right_side, ARRAY['currency'], '', '', ''
    FROM pairs WHERE sent_currency <> booked_currency
    UNION ALL
    SELECT key, 'total', company, day, booked_currency, out_by, whole, '', campaign,
        'The total of order ' || key || ' differs in Prima',
        left_side, right_side, differing, '', '', ''
    FROM pairs WHERE sent_currency = booked_currency AND out_by <> 0
        AND NOT 'lines' = ANY(differing)
    UNION ALL
    SELECT key, 'contents', company, day, booked_currency, out_by, whole, '', campaign,
        'The contents of order ' || key || ' differ in Prima',
        left_side, right_side, differing, '', '', array_to_string(differing, ' ')
    FROM pairs WHERE sent_currency = booked_currency AND cardinality(differing) > 0
        AND (out_by = 0 OR 'lines' = ANY(differing))
    """
    # One part for each day that may count, so that a month is found by the index of its days.
    agreed = f"""
        SELECT key, company, day, currency, '' AS gateway, {minor("gross", "currency")} AS amount
        FROM (
            SELECT o.key, b.company, b.order_date AS day, b.currency, b.gross {_MATCHED}
            WHERE {_SAME} AND {_FIRST} AND b.order_date IS NOT NULL
            UNION ALL
            SELECT o.key, b.company, p.created_at::date, b.currency, b.gross {_MATCHED}
            WHERE {_SAME} AND {_FIRST} AND b.order_date IS NULL
        ) held
        WHERE NOT {is_open("order_to_prima", "held.key")}
        UNION ALL
        SELECT o.key, COALESCE(b.company, s.company), COALESCE(b.order_date, p.created_at::date),
            COALESCE(b.currency, p.currency), '',
            {minor("COALESCE(b.gross, p.gross)", "COALESCE(b.currency, p.currency)")}
        FROM ({settled("order_to_prima")}) s
        JOIN mirror_campaignorder o ON o.key = s.key
        JOIN mirror_primaorder p ON p.campaign_order_id = o.id
        LEFT JOIN mirror_bookedorder b ON b.external_system = 'sfmc' AND b.external_ref = o.key
            AND b.deleted_at IS NULL AND {_FIRST}
        WHERE b.id IS NULL OR NOT ({_SAME})
        UNION ALL
        SELECT s.key, s.company, s.day, s.currency, '', s.amount
        FROM ({settled("order_to_prima")}) s
        WHERE NOT EXISTS (SELECT 1 FROM mirror_campaignorder o
            JOIN mirror_primaorder p ON p.campaign_order_id = o.id WHERE o.key = s.key)
    """
