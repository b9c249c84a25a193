"""One line pays several invoices: part shipments, or one payment for some orders."""

from reconciliation.matching.rule import Rule


class OneToSeveral(Rule):
    slug = "one_to_several"
    title = "One line, several invoices"
    reason = "Exactly one choice of invoices adds up to the line."
    order = 70
    groups = True
    # Every choice is tried in the order of the invoices, up to `most_parts` of `most_candidates`.
    sql = """
WITH RECURSIVE candidate AS (
    SELECT l.id AS line_id, l.amount AS target, d.id AS document_id, d.amount,
           row_number() OVER (PARTITION BY l.id ORDER BY d.day, d.number) AS place,
           count(*) OVER (PARTITION BY l.id) AS many
    FROM open_line l
    JOIN open_document d
      ON d.currency = l.currency AND d.kind = 'invoice' AND d.amount < l.amount AND d.amount > 0
     AND d.reference_key = l.reference_key
    WHERE l.kind = 'charge' AND l.reference_key <> ''
    UNION ALL
    SELECT l.id, l.amount, d.id, d.amount,
           row_number() OVER (PARTITION BY l.id ORDER BY d.day, d.number),
           count(*) OVER (PARTITION BY l.id)
    FROM open_line l
    JOIN open_document d
      ON d.currency = l.currency AND d.kind = 'invoice' AND d.amount < l.amount AND d.amount > 0
     AND d.email = l.email AND NOT d.named_by_a_line
     AND d.day BETWEEN l.day - %(window_days)s AND l.day + %(window_days)s
    WHERE l.kind = 'charge' AND l.email <> '' AND NOT l.names_a_document
), usable AS (
    SELECT * FROM candidate WHERE many BETWEEN 2 AND %(most_candidates)s
), choice AS (
    SELECT line_id, target, place, amount AS total, ARRAY[document_id] AS documents FROM usable
    UNION ALL
    SELECT c.line_id, c.target, u.place, c.total + u.amount, c.documents || u.document_id
    FROM choice c
    JOIN usable u ON u.line_id = c.line_id AND u.place > c.place
                 AND c.total + u.amount <= c.target
    WHERE cardinality(c.documents) < %(most_parts)s
), fits AS (
    SELECT line_id, target, documents, count(*) OVER (PARTITION BY line_id) AS ways
    FROM choice WHERE total = target
), contested AS (
    SELECT unnest(lines) AS line_id
    FROM (SELECT array_agg(line_id) AS lines
          FROM fits, unnest(documents) AS document_id GROUP BY document_id HAVING count(*) > 1) c
)
SELECT %(company)s AS company, l.currency, ARRAY[l.id] AS lines, f.documents,
       l.amount AS left_total, f.target AS right_total, l.day
FROM fits f
JOIN open_line l ON l.id = f.line_id
WHERE f.ways = 1 AND f.line_id NOT IN (SELECT line_id FROM contested)
"""
