"""Lines of gateways against invoices, credit notes and receipts, as the matching left them."""
# ruff: noqa: S608 - every part of the SQL is a constant of the product.

from django.conf import settings

from integration.accounts.roles import Role
from integration.core.money_sql import major
from reconciliation import match
from reconciliation.control import Category, Control, Scope, settled, sides
from reconciliation.matching.open_items import is_voucher
from reconciliation.payouts import MATCHABLE

_LINE = sides(
    line="g.line_id",
    kind="g.kind",
    reference="NULLIF(g.reference, '')",
    transaction="NULLIF(g.transaction_id, '')",
    email="NULLIF(g.customer_email, '')",
    booked_on="g.booked_on",
    gross=major("g.gross", "g.currency"),
    fee=major("g.fee", "g.currency"),
    currency="g.currency",
)
# What vouchers paid of an invoice, no gateway has to pay out.
_IS_VOUCHER = is_voucher("v")
_BY_VOUCHER = f"""COALESCE((SELECT sum(abs(v.minor)) FROM mirror_primadocument v
        WHERE v.kind = 'receipt' AND x.kind = 'invoice' AND v.invoice_number = x.number
        AND v.invoice_number <> '' AND v.currency = x.currency AND v.deleted_at IS NULL
        AND {_IS_VOUCHER}), 0)::bigint"""
_DOCUMENT = sides(
    document="x.number",
    kind="x.kind",
    reference="NULLIF(x.external_ref, '')",
    order_number="NULLIF(x.order_number, '')",
    account="NULLIF(x.account_code, '')",
    booked_on="x.date",
    gross=major("x.minor", "x.currency"),
    vouchers=major(f"NULLIF({_BY_VOUCHER}, 0)", "x.currency"),
    currency="x.currency",
)
_TO_MATCH = f"g.kind IN ({', '.join(map(repr, MATCHABLE))})"
_KEY = "g.gateway || '|' || g.account || '|' || g.line_id"
# A key says no more where an account or an id has a stroke in it; each place may be where it is cut.
_LINE_OF_KEY = """LATERAL string_to_array(s.key, '|') part ON true
        CROSS JOIN LATERAL generate_series(1, cardinality(part) - 2) a
        CROSS JOIN LATERAL generate_series(a + 1, cardinality(part) - 1) b
        JOIN reconciliation_gatewayline g ON g.gateway = array_to_string(part[1:a], '|')
            AND g.account = array_to_string(part[a + 1:b], '|')
            AND g.line_id = array_to_string(part[b + 1:], '|')"""
_MATCHED = """EXISTS (
        SELECT 1 FROM reconciliation_match m WHERE m.line_id = g.id AND m.undone_at IS NULL)"""


class PayoutsToDocuments(Control):
    slug = "payouts_to_documents"
    title = "Payout lines and documents"
    meaning = (
        "Every line of a gateway belongs to an invoice, a credit note or a ledger account unless it "
        "only moves our money (a reserve, a transfer, a conversion), and every invoice that was paid "
        "through a gateway was paid out."
    )
    left = "What the gateway says"
    right = "What Prima holds"
    key = "Gateway, account and id of the line; or the number of the document"
    words = {
        "line": "Line",
        "document": "Document",
        "kind": "Kind",
        "reference": "Reference",
        "transaction": "Transaction",
        "email": "E-mail",
        "order_number": "Prima order",
        "account": "Account",
        "booked_on": "Day",
        "gross": "Gross",
        "fee": "Fee",
        "vouchers": "Paid by voucher",
        "currency": "Currency",
        "line_count": "Lines with this transaction",
    }
    categories = (
        Category(
            "unmatched_line",
            "Line without document",
            Role.FINANCE,
            "No rule found what the line belongs to.",
            "The line is matched",
        ),
        Category(
            "amount_off",
            "Amount differs",
            Role.FINANCE,
            "The document is known, its amount is another one.",
            "The line is matched",
        ),
        Category(
            "unmatched_invoice",
            "Paid invoice without line",
            Role.FINANCE,
            "Prima says that a gateway took the money; no payout held it within ten days. One that "
            "a payout held with another amount counts under “Amount differs” alone.",
            "A payout holds the invoice, or it no longer counts as paid by a gateway",
        ),
        Category(
            "voucher_over",
            "Voucher pays too much",
            Role.FINANCE,
            "Vouchers, with what a gateway paid, come to more than the invoice. What is over belongs "
            "to the customer, or a voucher was booked to the wrong invoice.",
            "The vouchers pay no more than the invoice, or somebody matched them",
            tolerable=True,
        ),
        Category(
            "duplicate_line",
            "Line is there twice",
            Role.FINANCE,
            "The gateway told the same transaction and amount under two ids.",
            "Only one line is left, or each is matched",
        ),
        Category(
            "fee_without_account",
            "Fee without account",
            Role.FINANCE,
            "No ledger account is set for the fees of this gateway, or somebody undid the booking.",
            "The fee is booked to its account",
            systematic=True,
        ),
    )
    everything = f"""
        SELECT {_KEY} AS key FROM reconciliation_gatewayline g
        UNION SELECT 'document|' || prima_id FROM mirror_primadocument
    """
    changed = f"""
        WITH files AS (
            SELECT id FROM reconciliation_statementfile WHERE imported_at >= %(since)s
        ), documents AS (
            SELECT id FROM mirror_primadocument WHERE read_at >= %(since)s
                OR deleted_at >= %(since)s
            UNION SELECT i.id FROM mirror_primadocument r JOIN mirror_primadocument i
                ON i.kind = 'invoice' AND i.number = r.invoice_number
            WHERE r.kind = 'receipt' AND (r.read_at >= %(since)s OR r.deleted_at >= %(since)s)
            UNION SELECT document_id FROM reconciliation_match
            WHERE document_id IS NOT NULL AND (made_at >= %(since)s OR undone_at >= %(since)s)
            UNION SELECT document_id FROM reconciliation_nearmatch WHERE seen_at >= %(since)s
        )
        SELECT {_KEY} AS key FROM reconciliation_gatewayline g
        WHERE g.file_id IN (SELECT id FROM files) OR g.id IN (
            SELECT line_id FROM reconciliation_match
            WHERE line_id IS NOT NULL AND (made_at >= %(since)s OR undone_at >= %(since)s)
            UNION SELECT line_id FROM reconciliation_nearmatch WHERE seen_at >= %(since)s
        )
        UNION SELECT 'document|' || prima_id FROM mirror_primadocument
        WHERE id IN (SELECT id FROM documents)
            OR date BETWEEN %(since)s::date - 11 AND %(today)s - 10
        UNION SELECT key FROM reconciliation_difference
        WHERE control = 'payouts_to_documents' AND closed_at IS NULL
    """
    compare = f"""
    WITH lines AS (
        SELECT g.*, k.key FROM reconciliation_gatewayline g
        JOIN scope k ON k.key = {_KEY}
        WHERE g.booked_on <= %(until)s AND {_TO_MATCH} AND NOT {_MATCHED}
    ), twins AS (
        SELECT t.gateway, t.account, t.transaction_id, t.kind, t.gross, t.currency,
            min(t.id) AS first, count(*) AS number
        FROM reconciliation_gatewayline t
        WHERE t.transaction_id <> '' AND t.gross <> 0
            AND t.transaction_id IN (SELECT transaction_id FROM lines WHERE transaction_id <> '')
        GROUP BY 1, 2, 3, 4, 5, 6 HAVING count(*) > 1
    ), open_lines AS (
        SELECT g.*, n.rule, n.reason, n.difference, n.document_id, w.number AS twins
        FROM lines g
        LEFT JOIN reconciliation_nearmatch n ON n.line_id = g.id
        LEFT JOIN twins w ON w.gateway = g.gateway AND w.account = g.account
            AND w.transaction_id = g.transaction_id AND w.kind = g.kind AND w.gross = g.gross
            AND w.currency = g.currency AND w.first <> g.id
    ), invoices AS (
        SELECT x.id, x.number, x.currency, k.key
        FROM scope k JOIN mirror_primadocument x ON x.prima_id = substr(k.key, 10)
        WHERE k.key LIKE 'document|%%' AND x.kind = 'invoice' AND x.deleted_at IS NULL
            AND x.date <= %(until)s
    ), by_voucher AS (
        SELECT v.invoice_number, v.currency, sum(abs(v.minor))::bigint AS amount,
            (sum(abs(v.minor)) FILTER (WHERE m.id IS NULL))::bigint AS still_open
        FROM mirror_primadocument v
        LEFT JOIN reconciliation_match m ON m.document_id = v.id AND m.undone_at IS NULL
        WHERE v.kind = 'receipt' AND v.invoice_number <> '' AND v.deleted_at IS NULL
            AND {_IS_VOUCHER} AND v.invoice_number IN (SELECT number FROM invoices)
        GROUP BY 1, 2
    )
    SELECT g.key,
        CASE WHEN g.twins IS NOT NULL THEN 'duplicate_line'
            WHEN g.kind = 'fee' THEN 'fee_without_account'
            WHEN g.difference IS NOT NULL AND x.id IS NOT NULL THEN 'amount_off'
            ELSE 'unmatched_line' END AS category,
        g.company, g.booked_on AS day, g.currency,
        CASE WHEN g.kind = 'fee' AND g.gross = 0 THEN -g.fee
            WHEN g.twins IS NULL AND g.difference IS NOT NULL AND x.id IS NOT NULL
            THEN g.difference ELSE g.gross END AS amount,
        g.gross AS base, g.gateway, '' AS campaign,
        CASE WHEN g.twins IS NOT NULL
                THEN 'The gateway told transaction ' || g.transaction_id || ' twice'
            WHEN g.kind = 'fee' AND EXISTS (SELECT FROM reconciliation_match u
                    WHERE u.line_id = g.id AND u.undone_at IS NOT NULL)
                THEN 'The booking of fee ' || g.line_id || ' was undone'
            WHEN g.kind = 'fee' THEN 'No account for fees of ' || initcap(g.gateway)
            WHEN g.difference IS NOT NULL AND x.id IS NOT NULL
                THEN 'Line ' || g.line_id || ' and ' || x.number || ' differ in amount'
            ELSE 'Line ' || COALESCE(NULLIF(g.reference, ''), g.line_id)
                || ' belongs to no document' END AS title,
        {_LINE} || CASE WHEN g.twins IS NULL THEN '{{}}'::jsonb
            ELSE jsonb_build_object('line_count', g.twins::text) END AS left_side,
        CASE WHEN x.id IS NULL THEN '{{}}'::jsonb ELSE {_DOCUMENT} END AS right_side,
        CASE WHEN g.twins IS NOT NULL THEN ARRAY['line_count']
            WHEN x.id IS NOT NULL THEN ARRAY['gross'] ELSE ARRAY['line'] END AS fields,
        COALESCE(g.rule, '') AS near_rule, COALESCE(g.reason, '') AS near_reason,
        CASE WHEN g.kind = 'fee' THEN g.gateway ELSE '' END AS cause
    FROM open_lines g LEFT JOIN mirror_primadocument x ON x.id = g.document_id
    UNION ALL
    SELECT k.key, 'unmatched_invoice', x.company, x.date, x.currency,
        COALESCE(b.amount, 0) - x.minor, x.minor,
        x.provider, '', initcap(replace(x.kind, '_', ' ')) || ' ' || x.number
            || ' was paid, and no payout held it',
        '{{}}'::jsonb, {_DOCUMENT}, ARRAY['document'], '', '', ''
    FROM scope k JOIN mirror_primadocument x
        ON k.key LIKE 'document|%%' AND x.prima_id = substr(k.key, 10)
    LEFT JOIN by_voucher b
        ON x.kind = 'invoice' AND b.invoice_number = x.number AND b.currency = x.currency
    WHERE x.deleted_at IS NULL AND x.date <= LEAST(%(until)s, %(today)s - 10) AND (
            x.kind = 'invoice' AND x.outstanding = 0 AND EXISTS (
                SELECT 1 FROM mirror_primadocument r WHERE r.kind = 'receipt'
                AND r.invoice_number = x.number AND r.invoice_number <> '' AND r.deleted_at IS NULL
                AND r.voucher_number = '' AND (r.provider <> '' OR r.transaction_id <> ''))
            OR x.kind = 'receipt' AND x.invoice_number = '' AND x.transaction_id <> ''
                AND x.voucher_number = '')
        AND NOT EXISTS (SELECT 1 FROM reconciliation_match m
            WHERE m.document_id = x.id AND m.undone_at IS NULL)
        AND NOT EXISTS (SELECT 1 FROM mirror_primadocument r
            JOIN reconciliation_match m ON m.document_id = r.id AND m.undone_at IS NULL
            WHERE r.kind = 'receipt' AND r.invoice_number = x.number AND r.invoice_number <> ''
                AND x.kind = 'invoice')
        AND NOT EXISTS (SELECT 1 FROM reconciliation_nearmatch n
            WHERE n.document_id = x.id AND n.difference IS NOT NULL)
        AND EXISTS (SELECT 1 FROM reconciliation_gatewayline)
        AND COALESCE(b.amount, 0) < x.minor
    UNION ALL
    SELECT a.key, 'voucher_over', x.company, x.date, x.currency,
        b.still_open - CASE WHEN m.id IS NULL THEN x.minor ELSE 0 END, x.minor, '', '',
        'Vouchers pay ' || CASE WHEN m.id IS NULL THEN 'more than invoice ' || x.number
            ELSE 'invoice ' || x.number || ' once more' END,
        '{{}}'::jsonb, {_DOCUMENT}, ARRAY['vouchers'], '', '', ''
    FROM by_voucher b
    JOIN invoices a ON a.number = b.invoice_number AND a.currency = b.currency
    JOIN mirror_primadocument x ON x.id = a.id
    LEFT JOIN reconciliation_match m ON m.document_id = x.id AND m.undone_at IS NULL
    WHERE b.still_open > CASE WHEN m.id IS NULL THEN x.minor ELSE 0 END
    """
    agreed = f"""
        SELECT {_KEY} AS key, g.company, g.booked_on AS day, g.currency, g.gateway,
            g.gross AS amount
        FROM reconciliation_gatewayline g WHERE g.kind <> 'payout' AND {_MATCHED}
        UNION ALL
        SELECT s.key, g.company, g.booked_on, g.currency, g.gateway, g.gross
        FROM ({settled("payouts_to_documents")}) s JOIN {_LINE_OF_KEY}
        WHERE NOT {_MATCHED}
        UNION ALL
        SELECT s.key, x.company, x.date, x.currency, x.provider, x.minor
        FROM ({settled("payouts_to_documents")}) s
        JOIN mirror_primadocument x ON x.prima_id = substr(s.key, 10)
        WHERE s.key LIKE 'document|%%' AND x.deleted_at IS NULL
    """

    def begin(self, scope: Scope) -> None:
        """The rules match what is new first, in the books of each company."""
        for company in settings.COMPANIES:
            match.run(since=scope.since, company=company)
