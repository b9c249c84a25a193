"""Prima's orders against their invoices and credit notes, order by order and line by line."""
# ruff: noqa: S608 - every part of the SQL is a constant of the product.

from integration.accounts.roles import Role
from integration.core.money_sql import minor, shown
from reconciliation.control import Category, Control, is_open, settled, sides

_KINDS = "x.kind IN ('invoice', 'credit_note') AND x.deleted_at IS NULL"
_SHARED = "cardinality(x.order_numbers) > 1"
"""Of several orders; an index has these alone. Any other is of its `order_number`."""
_ORDER = sides(
    order_number="o.numbers",
    status="o.order_status",
    invoiced_state="o.invoice_status",
    total=shown("o.gross", "o.currency"),
    charges=shown("o.charges", "o.currency"),
    lines="d.ordered",
    currency="o.currency",
)
_DOCUMENTS = sides(
    invoices="d.invoice_numbers",
    total=shown("d.invoiced", "d.currency"),
    credit_notes="d.credit_numbers",
    credited=shown("NULLIF(d.credited, 0)", "d.currency"),
    charges=shown("d.charges", "d.currency"),
    lines="d.invoiced_lines",
    currency="d.currency",
    other="d.strangers",
)
_COLUMNS = f"o.key, {{}}, o.company, o.day, o.currency, {{}}, {minor('o.gross', 'o.currency')}, ''"


def _row(category: str, amount: str, title: str, fields: str, cause: str = "''") -> str:
    """SQL: the columns of one category."""
    return (
        f"SELECT {_COLUMNS.format(repr(category), minor(amount, 'o.currency'))}, '', {title},"
        f" {_ORDER}, {_DOCUMENTS}, ARRAY[{fields}]::text[], '', '', {cause}"
        " FROM orders o JOIN sums d ON d.key = o.key WHERE "
    )


_INVOICED = "b.deleted_at IS NULL AND b.invoice_status IN ('full', 'credited')"


class PrimaToDocuments(Control):
    """One invoice may cover several orders: these are compared together, under the least number.

    A part shipment is no difference: what is missing counts once Prima says that all is invoiced.
    """

    slug = "prima_to_documents"
    title = "Prima orders and documents"
    meaning = (
        "What was ordered is invoiced, once, at the price ordered; what is cancelled is not; and no "
        "more is credited than was invoiced. A part shipment is no difference until the order is "
        "complete."
    )
    left = "The order"
    right = "Its invoices and credit notes"
    key = "Number of the Prima order"
    words = {
        "order_number": "Prima order",
        "status": "State",
        "invoiced_state": "Invoiced",
        "invoices": "Invoices",
        "credit_notes": "Credit notes",
        "credited": "Credited",
        "charges": "Charges",
        "lines": "Lines",
        "total": "Total",
        "currency": "Currency",
        "other": "In another currency",
    }
    categories = (
        Category(
            "invoiced_more",
            "Invoiced more than ordered",
            Role.FINANCE,
            "The invoices come to more than the order, or hold more of a line.",
            "The invoices come to no more than the order",
            tolerable=True,
        ),
        Category(
            "invoiced_less",
            "Invoiced less than ordered",
            Role.FINANCE,
            "Prima says that all is invoiced, and it comes to less.",
            "The invoices come to what was ordered",
            tolerable=True,
        ),
        Category(
            "price_changed",
            "Price changed after the order",
            Role.OPERATIONS,
            "The quantity of a line is what was ordered, its amount is not.",
            "The lines are invoiced at the price ordered",
            tolerable=True,
        ),
        Category(
            "cancelled_but_invoiced",
            "Cancelled but invoiced",
            Role.OPERATIONS,
            "The order is cancelled or rejected and its invoices are not wholly credited.",
            "The invoices of the cancelled order are credited",
        ),
        Category(
            "credited_more",
            "Credited more than invoiced",
            Role.FINANCE,
            "The credit notes come to more than the invoices.",
            "No more is credited than was invoiced",
        ),
        Category(
            "charges_missing",
            "Charges not invoiced",
            Role.OPERATIONS,
            "All lines are invoiced and carriage or another charge is not.",
            "The charges are invoiced",
            systematic=True,
        ),
        Category(
            "other_currency",
            "Invoiced in another currency",
            Role.FINANCE,
            "An invoice or credit note is in another currency than its order; amounts of two "
            "currencies are never compared.",
            "Every document is in the currency of its order",
        ),
        Category(
            "not_invoiced",
            "Overdue to be invoiced",
            Role.OPERATIONS,
            "All was despatched, or the order is older than thirty days, and there is no invoice.",
            "The order is invoiced or cancelled",
        ),
        Category(
            "no_order",
            "Document without order",
            Role.FINANCE,
            "An invoice or credit note names an order that Prima does not hold.",
            "The order is there now, or the document is gone",
        ),
    )
    everything = """
        SELECT order_number AS key FROM mirror_bookedorder
        UNION SELECT unnest(order_numbers) FROM mirror_primadocument
        WHERE kind IN ('invoice', 'credit_note')
    """
    changed = f"""
        WITH direct AS (
            SELECT order_number AS key FROM mirror_bookedorder
            WHERE read_at >= %(since)s OR deleted_at >= %(since)s
                OR order_date BETWEEN %(since)s::date - 31 AND %(today)s - 30
                OR order_date BETWEEN %(since)s::date - 8 AND %(today)s - 7
            UNION SELECT unnest(order_numbers) FROM mirror_primadocument
            WHERE kind IN ('invoice', 'credit_note')
                AND (read_at >= %(since)s OR deleted_at >= %(since)s)
        )
        SELECT key FROM direct
        UNION SELECT unnest(x.order_numbers)
        FROM mirror_primadocument x, unnest(x.order_numbers) AS n(number)
        WHERE {_SHARED} AND n.number IN (SELECT key FROM direct)
        UNION SELECT key FROM reconciliation_difference
        WHERE control = 'prima_to_documents' AND closed_at IS NULL
    """
    compare = f"""
    WITH shared AS (
        SELECT x.id, n.number, (SELECT min(other) FROM unnest(x.order_numbers) other) AS least
        FROM mirror_primadocument x, unnest(x.order_numbers) AS n(number)
        WHERE {_KINDS} AND x.date <= %(until)s AND {_SHARED}
    ), named AS (
        SELECT x.id, x.order_number AS number
        FROM scope s JOIN mirror_primadocument x ON x.order_number = s.key
        WHERE {_KINDS} AND x.date <= %(until)s AND NOT {_SHARED}
        UNION ALL SELECT id, number FROM shared
    ), units AS (
        SELECT s.key AS number, COALESCE(min(n.least), s.key) AS key
        FROM scope s LEFT JOIN shared n ON n.number = s.key GROUP BY s.key
    ), held AS (
        SELECT u.key, b.* FROM units u JOIN mirror_bookedorder b ON b.order_number = u.number
        WHERE b.deleted_at IS NULL AND COALESCE(b.order_date, b.read_at::date) <= %(until)s
    ), orders AS (
        SELECT key, min(company) AS company, string_agg(order_number, ', ') AS numbers,
            count(*) AS number, min(COALESCE(order_date, read_at::date)) AS day,
            min(currency) AS currency, min(order_status) AS order_status,
            min(invoice_status) AS invoice_status, sum(gross) AS gross, sum(charges) AS charges,
            bool_and(order_status IN ('cancelled', 'rejected')) AS cancelled,
            bool_and(invoice_status IN ('full', 'credited') OR order_status = 'completed')
                AS complete,
            bool_and(fulfilment_status = 'despatched') AS despatched
        FROM held GROUP BY key
    ), papers AS (
        SELECT DISTINCT u.key, x.id, x.kind, x.number, x.gross, x.currency, x.data, x.date,
            x.company
        FROM units u JOIN named n ON n.number = u.number
        JOIN mirror_primadocument x ON x.id = n.id
    ), own AS (
        SELECT p.* FROM papers p JOIN orders o ON o.key = p.key AND o.currency = p.currency
    ), strange AS (
        SELECT p.key, string_agg(p.number || ', '
                || CASE p.kind WHEN 'credit_note' THEN '-' ELSE '' END
                || {shown("p.gross", "p.currency")} || ' ' || p.currency, '; ' ORDER BY p.number)
                AS words
        FROM papers p JOIN orders o ON o.key = p.key AND o.currency <> p.currency GROUP BY p.key
    ), ordered AS (
        SELECT h.key, l->>'line_ref' AS ref, min(l->>'sku') AS sku,
            sum((l->>'quantity')::numeric) AS quantity,
            sum((l->>'net')::numeric + (l->>'tax')::numeric) AS gross
        FROM held h, jsonb_array_elements(h.data->'lines') l GROUP BY 1, 2
    ), invoiced AS (
        SELECT p.key, l->>'line_ref' AS ref, min(l->>'sku') AS sku,
            sum((l->>'quantity')::numeric) AS quantity,
            sum((l->>'net')::numeric + (l->>'tax')::numeric) AS gross
        FROM own p, jsonb_array_elements(p.data->'lines') l
        WHERE p.kind = 'invoice' GROUP BY 1, 2
    ), by_line AS (
        SELECT COALESCE(o.key, i.key) AS key,
            COALESCE(o.ref, i.ref) AS ref,
            COALESCE(i.quantity, 0) > COALESCE(o.quantity, 0) AS more,
            i.quantity = o.quantity AND i.gross <> o.gross AS repriced,
            CASE WHEN i.quantity = o.quantity THEN i.gross - o.gross ELSE 0 END AS price_out_by
        FROM ordered o FULL JOIN invoiced i ON i.key = o.key AND i.ref = o.ref
    ), line_sums AS (
        SELECT key, bool_or(more) AS more, bool_or(repriced) AS repriced,
            sum(price_out_by) AS price_out_by FROM by_line GROUP BY key
    ), texts AS (
        SELECT key, string_agg(ref || ' ' || COALESCE(sku, '') || ' × ' || trim_scale(quantity)
            || ' = ' || trim_scale(gross), ', ' ORDER BY ref) AS words FROM ordered GROUP BY key
    ), paper_texts AS (
        SELECT key, string_agg(ref || ' ' || COALESCE(sku, '') || ' × ' || trim_scale(quantity)
            || ' = ' || trim_scale(gross), ', ' ORDER BY ref) AS words FROM invoiced GROUP BY key
    ), charge_codes AS (
        SELECT h.key, min(c->>'code') AS code
        FROM held h, jsonb_array_elements(h.data->'charges') c GROUP BY h.key
    ), paper_charges AS (
        SELECT p.key, sum((c->>'net')::numeric) AS net
        FROM own p, jsonb_array_elements(p.data->'charges') c
        WHERE p.kind = 'invoice' GROUP BY p.key
    ), paper_sums AS (
        SELECT key, min(currency) AS currency, count(*) AS number,
            COALESCE(sum(gross) FILTER (WHERE kind = 'invoice'), 0) AS invoiced,
            COALESCE(sum(gross) FILTER (WHERE kind = 'credit_note'), 0) AS credited,
            string_agg(number, ', ' ORDER BY number) FILTER (WHERE kind = 'invoice')
                AS invoice_numbers,
            string_agg(number, ', ' ORDER BY number) FILTER (WHERE kind = 'credit_note')
                AS credit_numbers
        FROM own GROUP BY key
    ), sums AS (
        SELECT o.key, t.words AS ordered, q.words AS invoiced_lines,
            COALESCE(c.net, 0) AS charges, COALESCE(p.invoiced, 0) AS invoiced,
            COALESCE(p.credited, 0) AS credited, p.invoice_numbers, p.credit_numbers,
            COALESCE(p.currency, o.currency) AS currency, COALESCE(p.number, 0) AS papers,
            COALESCE(l.more, false) AND o.number = 1 AS more,
            COALESCE(l.repriced, false) AND o.number = 1 AS repriced, l.price_out_by,
            s.words AS strangers, k.code AS charge_code
        FROM orders o LEFT JOIN texts t ON t.key = o.key
        LEFT JOIN paper_texts q ON q.key = o.key LEFT JOIN paper_charges c ON c.key = o.key
        LEFT JOIN paper_sums p ON p.key = o.key LEFT JOIN line_sums l ON l.key = o.key
        LEFT JOIN strange s ON s.key = o.key LEFT JOIN charge_codes k ON k.key = o.key
    )
    SELECT answer.* FROM (
    SELECT NULL::text AS key, NULL::text AS category, NULL::text AS company, NULL::date AS day,
        NULL::text AS currency, NULL::bigint AS amount, NULL::bigint AS base,
        NULL::text AS gateway, NULL::text AS campaign, NULL::text AS title,
        NULL::jsonb AS left_side, NULL::jsonb AS right_side, NULL::text[] AS fields,
        NULL::text AS near_rule, NULL::text AS near_reason, NULL::text AS cause
    UNION ALL
    {
        _row(
            "cancelled_but_invoiced",
            "d.credited - d.invoiced",
            "'Order ' || o.numbers || ' is cancelled and was invoiced'",
            "'status', 'total'",
        )
    }
        o.cancelled AND d.invoiced > d.credited
    UNION ALL
    {
        _row(
            "credited_more",
            "d.credited - d.invoiced",
            "'More was credited than invoiced for order ' || o.numbers",
            "'credited'",
        )
    }
        d.credited > d.invoiced
    UNION ALL
    {
        _row(
            "price_changed",
            "-d.price_out_by",
            "'Order ' || o.numbers || ' was invoiced at another price'",
            "'lines', 'total'",
        )
    }
        d.repriced AND NOT o.cancelled
    UNION ALL
    {
        _row(
            "invoiced_more",
            "o.gross - d.invoiced",
            "'Order ' || o.numbers || ' was invoiced for more than was ordered'",
            "'lines', 'total'",
        )
    }
        NOT o.cancelled AND NOT d.repriced AND (d.more OR d.invoiced > o.gross)
    UNION ALL
    {
        _row(
            "charges_missing",
            "o.gross - d.invoiced",
            "'Charges of order ' || o.numbers || ' were not invoiced'",
            "'charges'",
            "d.charge_code",
        )
    }
        o.complete AND NOT o.cancelled AND d.papers > 0 AND d.charges < o.charges
        AND d.invoiced < o.gross AND NOT d.repriced AND NOT d.more AND d.strangers IS NULL
    UNION ALL
    {
        _row(
            "invoiced_less",
            "o.gross - d.invoiced",
            "'Order ' || o.numbers || ' was invoiced for less than was ordered'",
            "'lines', 'total'",
        )
    }
        o.complete AND NOT o.cancelled AND d.papers > 0 AND d.invoiced < o.gross
        AND d.charges >= o.charges AND NOT d.repriced AND NOT d.more AND d.strangers IS NULL
    UNION ALL
    {
        _row(
            "other_currency",
            "o.gross - d.invoiced",
            "'Documents of order ' || o.numbers || ' are in another currency'",
            "'other'",
        )
    }
        d.strangers IS NOT NULL
    UNION ALL
    {
        _row(
            "not_invoiced",
            "o.gross",
            "'Order ' || o.numbers || ' has no invoice yet'",
            "'invoices'",
        )
    }
        NOT o.cancelled AND d.papers = 0 AND o.gross > 0 AND d.strangers IS NULL AND (
            o.despatched AND o.day <= LEAST(%(until)s, %(today)s) - 7
            OR o.day <= LEAST(%(until)s, %(today)s) - 30)
    UNION ALL
    SELECT p.key, 'no_order', min(p.company), min(p.date), min(p.currency),
        -{
        minor("sum(CASE WHEN p.kind = 'invoice' THEN p.gross ELSE -p.gross END)", "min(p.currency)")
    }, 0, '', '',
        'No order ' || p.key || ' for ' || string_agg(p.number, ', ' ORDER BY p.number),
        '{{}}'::jsonb,
        jsonb_build_object('invoices', string_agg(p.number, ', ' ORDER BY p.number),
            'order_number', p.key),
        ARRAY['order_number'], '', '', ''
    FROM papers p WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.key = p.key) GROUP BY p.key
    ) answer WHERE answer.key IS NOT NULL
    """
    # One part for each day that may count, so that a month is found by the index of its days.
    agreed = f"""
        SELECT key, company, day, currency, '' AS gateway, {minor("gross", "currency")} AS amount
        FROM (
            SELECT b.order_number AS key, b.company, b.order_date AS day, b.currency, b.gross
            FROM mirror_bookedorder b WHERE {_INVOICED} AND b.order_date IS NOT NULL
            UNION ALL
            SELECT b.order_number, b.company, b.read_at::date, b.currency, b.gross
            FROM mirror_bookedorder b WHERE {_INVOICED} AND b.order_date IS NULL
        ) held
        WHERE NOT {is_open("prima_to_documents", "held.key")}
            AND key NOT IN (SELECT n.number
                FROM mirror_primadocument x, unnest(x.order_numbers) AS named(number),
                    unnest(x.order_numbers) AS n(number)
                WHERE {_KINDS} AND {_SHARED} AND {is_open("prima_to_documents", "named.number")})
        UNION ALL
        SELECT s.key, COALESCE(b.company, s.company),
            COALESCE(b.order_date, b.read_at::date, s.day), COALESCE(b.currency, s.currency), '',
            COALESCE({minor("b.gross", "b.currency")}, s.amount)
        FROM ({settled("prima_to_documents")}) s
        LEFT JOIN mirror_bookedorder b ON b.order_number = s.key AND b.deleted_at IS NULL
        WHERE b.id IS NULL OR b.invoice_status NOT IN ('full', 'credited')
    """
