"""Says what the data extensions of orders and lines shall hold, from the copies of Prima's orders.

Only orders with a contact go: the others are nobody's business in Marketing Cloud.
"""
# ruff: noqa: S608 - every part of the SQL is a constant of the product.

from datetime import datetime

from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from connectors.sync import changed_since
from connectors.sync.order_contacts import CONTACT, CONTACT_JOINS, MOVED
from connectors.sync.outgoing.staging import stage_query
from integration.core.money_sql import shown

ORDER, LINE = "order", "order_line"
NAME = "orders_to_sfmc"
A_STATEMENT = 2_000
_UTC = 'YYYY-MM-DD"T"HH24:MI:SS"Z"'
_CHANGED = f"""
SELECT id FROM mirror_bookedorder WHERE read_at >= %(since)s
UNION
SELECT booked.id FROM mirror_shipment AS parcel
CROSS JOIN LATERAL unnest(parcel.order_numbers) AS shipped (order_number)
JOIN mirror_bookedorder AS booked ON booked.order_number = shipped.order_number
WHERE parcel.read_at >= %(since)s
UNION
SELECT booked.id FROM mirror_primaorder AS fresh
JOIN mirror_bookedorder AS booked ON booked.order_number = fresh.order_number
WHERE fresh.created_at >= %(since)s
UNION
SELECT booked.id FROM identity_customerlink AS theirs
JOIN mirror_bookedorder AS booked ON upper(booked.account_code) = upper(theirs.key)
    AND booked.company = theirs.company
WHERE theirs.system = 'prima' AND theirs.customer_id IN ({MOVED})
UNION
SELECT booked.id FROM identity_customerlink AS theirs
JOIN mirror_campaignorder AS placed ON placed.contact_key = theirs.key
JOIN mirror_primaorder AS tie ON tie.campaign_order_id = placed.id
JOIN mirror_bookedorder AS booked ON booked.order_number = tie.order_number
WHERE theirs.system = 'sfmc' AND theirs.customer_id IN ({MOVED})
ORDER BY 1
"""
_LINE_GROSS = "(line ->> 'net')::numeric + (line ->> 'tax')::numeric"
_ORDERS = f"""
SELECT source.order_number AS key, jsonb_build_object(
    'order_number', source.order_number,
    'campaign_order', coalesce(placed.key, ''),
    'contact_key', {CONTACT},
    'order_status', CASE WHEN source.deleted_at IS NULL THEN source.order_status ELSE 'gone' END,
    'fulfilment_status', source.fulfilment_status,
    'invoice_status', source.invoice_status,
    'payment_status', source.payment_status,
    'currency', source.currency,
    'total', {shown("source.gross", "source.currency")}::text,
    'placed_at', coalesce(
        to_char(placed.ordered_at AT TIME ZONE 'UTC', '{_UTC}'), source.order_date::text),
    'carrier', coalesce(parcel.carrier, ''),
    'tracking', coalesce(parcel.tracking, '')
) AS values
FROM mirror_bookedorder AS source {CONTACT_JOINS}
LEFT JOIN LATERAL (
    SELECT shipped.carrier, shipped.tracking FROM mirror_shipment AS shipped
    WHERE shipped.order_numbers @> ARRAY[source.order_number]::varchar[]
      AND shipped.deleted_at IS NULL
    ORDER BY shipped.despatched_at DESC NULLS LAST, shipped.number DESC
    LIMIT 1
) AS parcel ON TRUE
WHERE source.id = ANY(%s) AND {CONTACT} <> ''
"""
_LINES = f"""
SELECT DISTINCT ON (key) source.order_number || '|' || (line ->> 'line_ref') AS key,
    jsonb_build_object(
        'order_number', source.order_number,
        'line_no', line ->> 'line_ref',
        'sku', left(line ->> 'sku', 254),
        'description', left(coalesce(line ->> 'description', ''), 254),
        'quantity', line ->> 'quantity',
        'despatched', coalesce(line ->> 'shipped', '0'),
        'line_total', {shown(_LINE_GROSS, "source.currency")}::text
    ) AS values
FROM mirror_bookedorder AS source {CONTACT_JOINS}
CROSS JOIN LATERAL jsonb_array_elements(coalesce(source.data -> 'lines', '[]')) AS line
WHERE source.id = ANY(%s) AND source.deleted_at IS NULL AND {CONTACT} <> ''
ORDER BY key
"""


def stage_changed(*, whole: bool = False) -> int:
    """Orders that changed since the last time, all of them with `whole`; how many rows differ."""
    begun = timezone.now()
    first = changed_since.EVER if whole else changed_since.since(NAME)
    ids = _changed(first)
    staged = 0
    for place in range(0, len(ids), A_STATEMENT):
        some = ids[place : place + A_STATEMENT]
        with transaction.atomic():
            staged += stage_query(ORDER, _ORDERS, [some]) + stage_query(LINE, _LINES, [some])
    changed_since.move(NAME, begun)
    return staged


def _changed(first: datetime) -> list[int]:
    with database.cursor() as cursor:
        cursor.execute(_CHANGED, {"since": first})
        return [row[0] for row in cursor.fetchall()]
