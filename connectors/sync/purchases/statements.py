"""The SQL of the purchase history: what was bought, and which contacts a change concerns.

Values are without tax, in the currency of the documents. An order counts while more of it is
invoiced than credited; its day is that of its first invoice. The favourite category is the one most
was spent on.
"""
# ruff: noqa: S608 - every part of the SQL is a constant of the product.

from connectors.sync.order_contacts import CONTACT, CONTACT_JOINS, MOVED
from integration.core.money_sql import shown

_DOCUMENTS = f"""
    SELECT source.kind, source.number, source.date, source.currency, source.order_number,
           source.data, CASE source.kind WHEN 'credit_note' THEN -1 ELSE 1 END AS sign, source.net,
           {CONTACT} AS contact
    FROM mirror_primadocument AS source {CONTACT_JOINS}
    WHERE source.kind IN ('invoice', 'credit_note') AND source.deleted_at IS NULL
"""
_WORTH = shown("bought.worth", "bought.currency")
_SUMMARY = """
WITH told AS MATERIALIZED ({documents}), orders AS (
    SELECT contact, currency,
           coalesce(nullif(order_number, ''), 'document ' || kind || ' ' || number) AS placed,
           sum(sign * net) AS net, min(date) FILTER (WHERE kind = 'invoice') AS day
    FROM told WHERE contact <> '' GROUP BY 1, 2, 3
), bought AS (
    SELECT contact, currency, sum(net) AS worth,
           count(*) FILTER (WHERE net > 0 AND day IS NOT NULL) AS number,
           min(day) FILTER (WHERE net > 0) AS first_day,
           max(day) FILTER (WHERE net > 0) AS last_day
    FROM orders GROUP BY 1, 2
), spent AS (
    SELECT told.contact, told.currency, item.category,
           sum(told.sign * (line ->> 'net')::numeric) AS net
    FROM told
    CROSS JOIN LATERAL jsonb_array_elements(coalesce(told.data -> 'lines', '[]')) AS line
    JOIN LATERAL (
        SELECT left(coalesce(
            nullif(kept.data ->> 'brand', ''), nullif(kept.data ->> 'season', ''), kept.kind
        ), 100) AS category
        FROM mirror_primaitem AS kept
        WHERE upper(kept.sku_key) = upper(line ->> 'sku')
           OR upper(kept.sku) = upper(line ->> 'sku')
        ORDER BY upper(kept.sku_key) = upper(line ->> 'sku') DESC, kept.sku_key
        LIMIT 1
    ) AS item ON TRUE
    WHERE told.contact <> ''
    GROUP BY 1, 2, 3
), favourite AS (
    SELECT DISTINCT ON (contact, currency) contact, currency, category
    FROM spent WHERE net > 0 ORDER BY contact, currency, net DESC, category
), history AS (
    SELECT bought.contact || '|' || bought.currency AS key, jsonb_build_object(
        'contact_key', bought.contact,
        'currency', bought.currency,
        'orders', bought.number,
        'lifetime_value', {worth}::text,
        'first_order_on', bought.first_day,
        'last_order_on', bought.last_day,
        'days_between', CASE WHEN bought.number > 1 THEN round(
            (bought.last_day - bought.first_day)::numeric / (bought.number - 1), 2)::text END,
        'favourite_category', coalesce(favourite.category, '')
    ) AS values
    FROM bought LEFT JOIN favourite USING (contact, currency)
)
SELECT key, values FROM history
UNION ALL
SELECT row.key, row.values || '{{"orders": 0, "lifetime_value": "0.00", "first_order_on": null,
    "last_order_on": null, "days_between": null, "favourite_category": ""}}'
FROM sync_outgoingrow AS row
WHERE row.part = 'purchase' {rows} AND NOT EXISTS (SELECT 1 FROM history WHERE history.key = row.key)
"""
EVERYBODY = _SUMMARY.format(documents=_DOCUMENTS, worth=_WORTH, rows="")
"""The whole history. Contacts that have none any more are set to nothing."""

SOME = _SUMMARY.format(
    documents=f"""
    SELECT * FROM ({_DOCUMENTS}
        AND (source.order_number = ANY(%s) OR upper(source.account_code) = ANY(%s))
    ) AS theirs WHERE contact = ANY(%s)""",
    worth=_WORTH,
    rows="AND row.values ->> 'contact_key' = ANY(%s)",
)
"""As `EVERYBODY` for some contacts: order numbers, accounts, contacts, contacts."""

_CANDIDATES = "unnest(ARRAY[own.key, placed.contact_key, account.key])"
CHANGED = f"""
SELECT DISTINCT contact FROM (
    SELECT {_CANDIDATES} AS contact
    FROM mirror_primadocument AS source {CONTACT_JOINS}
    WHERE source.read_at >= %(since)s AND source.kind IN ('invoice', 'credit_note')
    UNION
    SELECT {_CANDIDATES}
    FROM mirror_primaorder AS fresh
    JOIN mirror_primadocument AS source ON source.order_number = fresh.order_number {CONTACT_JOINS}
    WHERE fresh.created_at >= %(since)s
    UNION
    SELECT link.key FROM identity_customerlink AS link
    WHERE link.system = 'sfmc' AND link.customer_id IN ({MOVED})
) AS concerned WHERE contact <> ''
ORDER BY contact
"""
"""Contacts whose history may have changed: by documents, late ties, links and mergers.

Whoever a document could belong to is looked at: it may have been theirs until now.
"""

KEYS = """
SELECT DISTINCT said.key FROM identity_customerlink AS own
JOIN identity_customerlink AS said ON said.customer_id = own.customer_id AND said.system = 'sfmc'
WHERE own.system = 'sfmc' AND upper(own.key) = ANY(%s)
"""
"""Every key of the same customers."""

ACCOUNTS = """
SELECT DISTINCT upper(held.key) FROM identity_customerlink AS own
JOIN identity_customerlink AS held ON held.customer_id = own.customer_id AND held.system = 'prima'
WHERE own.system = 'sfmc' AND upper(own.key) = ANY(%s)
"""

ORDERS = """
SELECT tie.order_number FROM mirror_campaignorder AS placed
JOIN mirror_primaorder AS tie ON tie.campaign_order_id = placed.id
WHERE placed.contact_key = ANY(%s)
"""
