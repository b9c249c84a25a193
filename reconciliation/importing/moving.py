"""Moves what was staged into the tables of the desk, set by set, in the caller's transaction."""

from datetime import date

from django.db import connection
from psycopg import sql

from integration.records.payout import LineKind
from reconciliation.importing.staging import BANK, LINE_COLUMNS, Staged
from reconciliation.models import StatementFile

PAID = LineKind.PAYOUT.value
# One row for each payout that the lines name or the file states, or both.
_SUMMED = """
    SELECT gateway, account, payout_id, currency,
           coalesce(stated.paid_on, found.last_day) AS paid_on, stated.stated,
           coalesce(stated.bank_reference, '') AS bank_reference,
           coalesce(found.net, 0) AS net, coalesce(found.lines, 0) AS lines
    FROM (
        SELECT gateway, account, payout_id, currency, max(booked_on) AS last_day,
               coalesce(sum(net) FILTER (WHERE kind <> %(paid)s), 0) AS net,
               count(*) FILTER (WHERE kind <> %(paid)s) AS lines
        FROM {table} WHERE payout_id <> '' GROUP BY gateway, account, payout_id, currency
    ) found
    FULL JOIN {stated} stated USING (gateway, account, payout_id, currency)
"""
# A payout that is known from a file without its lines, or the other way round.
_COMPLETED = """
    UPDATE reconciliation_payout p
    SET stated = coalesce(p.stated, s.stated),
        computed = CASE WHEN s.lines > 0 THEN s.net ELSE p.computed END,
        line_count = p.line_count + s.lines,
        bank_reference = coalesce(nullif(p.bank_reference, ''), s.bank_reference)
    FROM ({summed}) s
    WHERE (p.gateway, p.account, p.payout_id, p.currency)
        = (s.gateway, s.account, s.payout_id, s.currency)
"""
_NEW = """
    INSERT INTO reconciliation_payout
        (file_id, company, gateway, account, payout_id, currency, paid_on, stated, computed,
         bank_reference, line_count)
    SELECT %(file)s, %(company)s, s.gateway, s.account, s.payout_id, s.currency,
           coalesce(s.paid_on, %(today)s), s.stated, s.net, s.bank_reference, s.lines
    FROM ({summed}) s
    WHERE NOT EXISTS (
        SELECT FROM reconciliation_payout p
        WHERE (p.gateway, p.account, p.payout_id, p.currency)
            = (s.gateway, s.account, s.payout_id, s.currency)
    )
    ORDER BY s.paid_on, s.payout_id
"""
_LINES = """
    INSERT INTO reconciliation_gatewayline
        (file_id, payout_id, company, {named})
    SELECT %(file)s, p.id, %(company)s, s.row, s.gateway, s.account, s.line_id, s.kind, s.gross,
           s.fee, s.fee_tax, s.net, s.currency,
           coalesce(s.occurred_at, coalesce(s.booked_on, p.paid_on, %(today)s) + time '00:00'),
           coalesce(s.booked_on, p.paid_on, %(today)s), s.reference, s.transaction_id,
           s.parent_transaction_id, s.customer_email, s.description, s.original_amount,
           s.original_currency, s.rate
    FROM {table} s
    LEFT JOIN reconciliation_payout p
        ON s.payout_id <> '' AND (p.gateway, p.account, p.payout_id, p.currency)
         = (s.gateway, s.account, s.payout_id, s.currency)
    ORDER BY s.row
"""
_BOOKINGS = """
    INSERT INTO reconciliation_bankline
        (file_id, company, account, statement, line_id, amount, currency, booked_on, value_on,
         text, end_to_end, bank_ref, row, part, seq, balance)
    SELECT %(file)s, %(company)s, account, statement, line_id, amount, currency, booked_on,
           value_on, text, end_to_end, bank_ref, row, part, seq, balance
    FROM {table} WHERE known_as IS NULL ORDER BY part, row
"""
_AGAIN = """
    INSERT INTO reconciliation_banklineagain (file_id, bank_line_id, statement, line_id, text, row)
    SELECT %(file)s, known_as, statement, line_id, text, row
    FROM {table} WHERE known_as IS NOT NULL ORDER BY part, row
"""


def move(file: StatementFile, staged: Staged, today: date) -> None:
    """Payouts first, then every line. The unique constraints are the last word."""
    named = sql.SQL(", ").join(sql.Identifier(name) for name in LINE_COLUMNS if name != "payout_id")
    values: dict[str, int | str | date] = {
        "file": file.pk,
        "company": file.company,
        "today": today,
        "paid": PAID,
    }
    steps = [_BOOKINGS, _AGAIN] if file.gateway == BANK else [_COMPLETED, _NEW, _LINES]
    with connection.cursor() as cursor:
        for step in steps:
            text = sql.SQL(step).format(
                table=staged.table, stated=staged.payouts, summed=_summed(staged), named=named
            )
            cursor.execute(text, values)


def _summed(staged: Staged) -> sql.Composed:
    return sql.SQL(_SUMMED).format(table=staged.table, stated=staged.payouts)
