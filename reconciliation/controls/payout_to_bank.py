"""Payouts of gateways against the bookings of the bank."""
# ruff: noqa: S608 - every part of the SQL is a constant of the product.

from django.db import connection

from integration.accounts.roles import Role
from integration.core.money_sql import major
from reconciliation.control import Category, Control, Scope, is_open, settled, sides

_PAYOUT = sides(
    payout="p.payout_id",
    paid_on="p.paid_on",
    stated=major("p.stated", "p.currency"),
    amount=major("p.computed", "p.currency"),
    currency="p.currency",
    reference="NULLIF(p.bank_reference, '')",
)
_BANK = sides(
    booking="b.line_id",
    paid_on="b.booked_on",
    amount=major("b.amount", "b.currency"),
    currency="b.currency",
    text="NULLIF(left(b.text, 200), '')",
)
_KEY = "p.gateway || '|' || p.account || '|' || p.payout_id || '|' || p.currency"
_AMOUNT = "COALESCE(p.stated, p.computed)"

_BY_REFERENCE = f"""
WITH pairs AS (
    SELECT p.id AS payout, min(b.id) AS line, count(*) AS number,
        {_AMOUNT} - min(b.amount) AS out_by
    FROM reconciliation_payout p
    JOIN reconciliation_bankline b ON b.company = p.company AND b.currency = p.currency
        AND b.booked_on BETWEEN p.paid_on - 3 AND p.paid_on + 31
        AND sign(b.amount) = sign({_AMOUNT})
        AND (p.bank_reference <> '' AND (b.end_to_end = p.bank_reference
                OR position(upper(p.bank_reference) IN upper(b.text)) > 0)
            OR length(p.payout_id) >= 6
                AND position(upper(p.payout_id) IN upper(b.text || ' ' || b.end_to_end)) > 0)
    WHERE {_AMOUNT} <> 0
        AND NOT EXISTS (SELECT 1 FROM reconciliation_bankmatch m WHERE m.payout_id = p.id)
        AND NOT EXISTS (SELECT 1 FROM reconciliation_bankmatch m WHERE m.bank_line_id = b.id)
    GROUP BY p.id
), single AS (
    SELECT *, count(*) OVER (PARTITION BY line) AS claims FROM pairs WHERE number = 1
)
INSERT INTO reconciliation_bankmatch (payout_id, bank_line_id, rule, difference, made_at,
    made_by_name)
SELECT payout, line, 'reference', out_by, %(at)s, 'Prima desk' FROM single WHERE claims = 1
ON CONFLICT (payout_id) DO NOTHING
"""
_BY_AMOUNT = f"""
WITH pairs AS (
    SELECT p.id AS payout, b.id AS line,
        count(*) OVER (PARTITION BY p.id) AS lines, count(*) OVER (PARTITION BY b.id) AS payouts
    FROM reconciliation_payout p
    JOIN reconciliation_bankline b ON b.company = p.company AND b.currency = p.currency
        AND b.amount = {_AMOUNT} AND b.booked_on BETWEEN p.paid_on - 1 AND p.paid_on + 7
    WHERE {_AMOUNT} <> 0
        AND NOT EXISTS (SELECT 1 FROM reconciliation_bankmatch m WHERE m.payout_id = p.id)
        AND NOT EXISTS (SELECT 1 FROM reconciliation_bankmatch m WHERE m.bank_line_id = b.id)
)
INSERT INTO reconciliation_bankmatch (payout_id, bank_line_id, rule, difference, made_at,
    made_by_name)
SELECT payout, line, 'amount and day', 0, %(at)s, 'Prima desk' FROM pairs
WHERE lines = 1 AND payouts = 1
ON CONFLICT (payout_id) DO NOTHING
"""
_TAIL = f"{_PAYOUT} AS left_side"


class PayoutToBank(Control):
    slug = "payout_to_bank"
    title = "Payouts and the bank"
    meaning = (
        "Every payout says what its lines come to, and arrives at the bank in time and in full."
    )
    left = "The payout"
    right = "The bank"
    key = "Gateway, account, payout and currency"
    words = {
        "payout": "Payout",
        "booking": "Booking",
        "paid_on": "Day",
        "stated": "Stated by the gateway",
        "amount": "Amount",
        "currency": "Currency",
        "reference": "Reference",
        "text": "Text of the bank",
    }
    categories = (
        Category(
            "missing_at_bank",
            "Not at the bank",
            Role.FINANCE,
            "Five days after the payout no booking of the bank fits it.",
            "The bank booked the payout",
        ),
        Category(
            "bank_amount",
            "Another amount at the bank",
            Role.FINANCE,
            "The bank booked it, with another amount.",
            "The bank booked the amount of the payout",
            tolerable=True,
        ),
        Category(
            "late",
            "Late at the bank",
            Role.FINANCE,
            "The bank booked it more than seven days after the payout.",
            "The bank booked the payout in time",
        ),
        Category(
            "not_footing",
            "Stated and computed differ",
            Role.FINANCE,
            "The gateway states another amount than the lines of the payout come to.",
            "The lines come to what the gateway states",
            tolerable=True,
        ),
    )
    everything = f"SELECT {_KEY} AS key FROM reconciliation_payout p"
    changed = f"""
        SELECT {_KEY} AS key FROM reconciliation_payout p
        JOIN reconciliation_statementfile f ON f.id = p.file_id
        LEFT JOIN reconciliation_bankmatch m ON m.payout_id = p.id
        WHERE f.imported_at >= %(since)s OR m.made_at >= %(since)s
            OR p.paid_on BETWEEN %(since)s::date - 6 AND %(today)s - 5
        UNION SELECT key FROM reconciliation_difference
        WHERE control = 'payout_to_bank' AND closed_at IS NULL
    """
    compare = f"""
    WITH payouts AS (
        SELECT p.*, k.key, m.id AS match, m.difference, m.rule, m.bank_line_id
        FROM reconciliation_payout p JOIN scope k ON k.key = {_KEY}
        LEFT JOIN reconciliation_bankmatch m ON m.payout_id = p.id AND EXISTS (
            SELECT 1 FROM reconciliation_bankline b
            WHERE b.id = m.bank_line_id AND b.booked_on <= %(until)s)
        WHERE p.paid_on <= %(until)s
    )
    SELECT p.key, 'missing_at_bank' AS category, p.company, p.paid_on AS day, p.currency,
        {_AMOUNT} AS amount, {_AMOUNT} AS base, p.gateway, '' AS campaign,
        'Payout ' || p.payout_id || ' is not at the bank' AS title, {_TAIL},
        '{{}}'::jsonb AS right_side, ARRAY['booking']::text[] AS fields,
        '' AS near_rule, '' AS near_reason, '' AS cause
    FROM payouts p
    WHERE p.match IS NULL AND {_AMOUNT} <> 0 AND p.paid_on <= LEAST(%(until)s, %(today)s) - 5
    UNION ALL
    SELECT p.key, 'bank_amount', p.company, p.paid_on, p.currency, p.difference, {_AMOUNT},
        p.gateway, '', 'The bank booked another amount for payout ' || p.payout_id, {_PAYOUT},
        {_BANK}, ARRAY['amount'], p.rule, '', ''
    FROM payouts p JOIN reconciliation_bankline b ON b.id = p.bank_line_id
    WHERE p.match IS NOT NULL AND p.difference <> 0
    UNION ALL
    SELECT p.key, 'late', p.company, p.paid_on, p.currency, 0, {_AMOUNT}, p.gateway, '',
        'Payout ' || p.payout_id || ' reached the bank after '
            || (b.booked_on - p.paid_on) || ' days',
        {_PAYOUT}, {_BANK}, ARRAY['paid_on'], p.rule, '', ''
    FROM payouts p JOIN reconciliation_bankline b ON b.id = p.bank_line_id
    WHERE p.match IS NOT NULL AND b.booked_on > p.paid_on + 7
    UNION ALL
    SELECT p.key, 'not_footing', p.company, p.paid_on, p.currency, p.stated - p.computed,
        p.stated, p.gateway, '',
        'The lines of payout ' || p.payout_id || ' do not come to what it states',
        {_PAYOUT}, {sides(amount=major("p.computed", "p.currency"))}, ARRAY['stated', 'amount'],
        '', '', ''
    FROM payouts p
    WHERE p.line_count > 0 AND p.stated IS NOT NULL AND p.stated <> p.computed
    """
    agreed = f"""
        SELECT {_KEY} AS key, p.company, p.paid_on AS day, p.currency, p.gateway,
            {_AMOUNT} AS amount
        FROM reconciliation_payout p JOIN reconciliation_bankmatch m ON m.payout_id = p.id
        WHERE NOT {is_open("payout_to_bank", _KEY)}
        UNION ALL
        SELECT s.key, p.company, p.paid_on, p.currency, p.gateway, {_AMOUNT}
        FROM ({settled("payout_to_bank")}) s JOIN reconciliation_payout p ON s.key = {_KEY}
        WHERE NOT EXISTS (SELECT 1 FROM reconciliation_bankmatch m WHERE m.payout_id = p.id)
    """

    def prepare(self, scope: Scope) -> None:
        """Ties payouts to bookings: by reference first, then by amount and day where only one fits."""
        with connection.cursor() as cursor:
            cursor.execute(_BY_REFERENCE, {"at": scope.at})
            cursor.execute(_BY_AMOUNT, {"at": scope.at})
