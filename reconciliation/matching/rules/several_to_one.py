"""Several lines pay one invoice: a split payment, or a capture in parts."""

from reconciliation.matching.rule import Rule


class SeveralToOne(Rule):
    slug = "several_to_one"
    title = "Several lines, one invoice"
    reason = "Exactly one choice of lines adds up to the invoice."
    order = 80
    groups = True
    sql = """
WITH RECURSIVE pair AS (
    SELECT d.id AS document_id, l.id AS line_id
    FROM open_document d
    JOIN open_line l
      ON l.currency = d.currency AND l.kind = 'charge' AND l.reference_key = d.reference_key
    WHERE d.kind = 'invoice' AND d.reference_key <> '' AND l.amount < d.amount AND l.amount > 0
    UNION ALL
    SELECT d.id, l.id
    FROM open_document d
    JOIN receipt r ON r.invoice_number = d.number AND r.transaction_id <> ''
    JOIN open_line l
      ON l.currency = d.currency AND l.kind = 'charge' AND l.transaction_id = r.transaction_id
    WHERE d.kind = 'invoice' AND l.amount < d.amount AND l.amount > 0
    UNION ALL
    SELECT d.id, l.id
    FROM open_document d
    JOIN open_line l
      ON l.currency = d.currency AND l.kind = 'charge' AND l.email = d.email
     AND NOT l.names_a_document
     AND d.day BETWEEN l.day - %(window_days)s AND l.day + %(window_days)s
    WHERE d.kind = 'invoice' AND d.email <> '' AND NOT d.named_by_a_line
      AND l.amount < d.amount AND l.amount > 0
), candidate AS (
    SELECT document_id, unnest(lines) AS line_id
    FROM (SELECT document_id, array_agg(DISTINCT line_id) AS lines
          FROM pair GROUP BY document_id) p
    WHERE cardinality(lines) BETWEEN 2 AND %(most_candidates)s
), usable AS (
    SELECT c.document_id, d.amount AS target, l.id AS line_id, l.amount, l.day,
           row_number() OVER (PARTITION BY c.document_id
                              ORDER BY l.occurred_at, l.gateway, l.account, l.line_id) AS place
    FROM candidate c
    JOIN open_document d ON d.id = c.document_id
    JOIN open_line l ON l.id = c.line_id
), choice AS (
    SELECT document_id, target, place, amount AS total, day, ARRAY[line_id] AS lines FROM usable
    UNION ALL
    SELECT c.document_id, c.target, u.place, c.total + u.amount, greatest(c.day, u.day),
           c.lines || u.line_id
    FROM choice c
    JOIN usable u ON u.document_id = c.document_id AND u.place > c.place
                 AND c.total + u.amount <= c.target
    WHERE cardinality(c.lines) < %(most_parts)s
), fits AS (
    SELECT document_id, target, day, lines, count(*) OVER (PARTITION BY document_id) AS ways
    FROM choice WHERE total = target
), contested AS (
    SELECT unnest(documents) AS document_id
    FROM (SELECT array_agg(document_id) AS documents
          FROM fits, unnest(lines) AS line_id GROUP BY line_id HAVING count(*) > 1) c
)
SELECT %(company)s AS company, d.currency, f.lines, ARRAY[d.id] AS documents,
       f.target AS left_total, d.amount AS right_total, f.day
FROM fits f
JOIN open_document d ON d.id = f.document_id
WHERE f.ways = 1 AND f.document_id NOT IN (SELECT document_id FROM contested)
"""
