"""Whose an order of Prima is in Marketing Cloud: the contact key, by set-based SQL.

It is the contact who placed the campaign order, under the key that is theirs now; for other orders
the contact of the account. The fragments are for statements whose `source` has `order_number`,
`account_code` and `company`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection as database

CONTACT = "coalesce(own.key, nullif(placed.contact_key, ''), account.key, '')"
CONTACT_JOINS = """
LEFT JOIN mirror_primaorder AS tie ON tie.order_number = source.order_number
LEFT JOIN mirror_campaignorder AS placed ON placed.id = tie.campaign_order_id
LEFT JOIN LATERAL (
    SELECT active.key FROM identity_customerlink AS said
    JOIN identity_customerlink AS active ON active.customer_id = said.customer_id
        AND active.system = 'sfmc' AND active.state = 'active'
    WHERE said.system = 'sfmc' AND said.state <> 'retired'
      AND upper(said.key) = upper(placed.contact_key)
    LIMIT 1
) AS own ON TRUE
LEFT JOIN LATERAL (
    SELECT active.key FROM identity_customerlink AS said
    JOIN identity_customerlink AS active ON active.customer_id = said.customer_id
        AND active.system = 'sfmc' AND active.state = 'active'
    WHERE said.system = 'prima' AND said.company = source.company AND said.state <> 'retired'
      AND upper(said.key) = upper(source.account_code)
    LIMIT 1
) AS account ON TRUE
"""
MOVED = """
    SELECT customer_id FROM identity_customerlink
    WHERE linked_at >= %(since)s OR retired_at >= %(since)s
    UNION
    SELECT unnest(ARRAY[kept_id, gone_id]) FROM identity_merger
    WHERE merged_at >= %(since)s OR undone_at >= %(since)s
"""
"""Customers whose keys changed hands; links that a merger gave back say nothing of it themselves."""
_OF_ORDERS = f"""
SELECT source.order_number, coalesce(placed.key, ''), {CONTACT},
       coalesce(nullif(placed.email, ''), customer.email, '')
FROM mirror_bookedorder AS source {CONTACT_JOINS}
LEFT JOIN mirror_primacustomer AS customer ON customer.account_code = source.account_code
WHERE source.order_number = ANY(%s)
"""  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class OrderContact:
    """`contact_key` is empty when nobody is known. `campaign_order` when a campaign sold it."""

    order_number: str
    campaign_order: str
    contact_key: str
    email: str


def contacts_of(order_numbers: Sequence[str]) -> dict[str, OrderContact]:
    """By order number, for orders in the mirror, in one query."""
    with database.cursor() as cursor:
        cursor.execute(_OF_ORDERS, [list(order_numbers)])
        return {row[0]: OrderContact(*row) for row in cursor.fetchall()}
