"""Every late change leaves its trace; adjustments of before name the match they were approved for."""

from django.db import migrations

CHANGE = """
CREATE OR REPLACE FUNCTION reconciliation_note_late_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was bigint := CASE WHEN OLD.deleted_at IS NULL THEN OLD.minor ELSE 0 END;
    now_is bigint := CASE WHEN NEW.deleted_at IS NULL THEN NEW.minor ELSE 0 END;
    moved boolean := (NEW.company, NEW.date, NEW.currency)
        IS DISTINCT FROM (OLD.company, OLD.date, OLD.currency);
    version text := CASE WHEN NEW.version = '' THEN '' ELSE ', version ' || NEW.version END;
    fate text := CASE WHEN NEW.deleted_at IS NOT NULL AND OLD.deleted_at IS NULL THEN ', deleted'
        WHEN NEW.deleted_at IS NULL AND OLD.deleted_at IS NOT NULL THEN ', restored' ELSE '' END;
BEGIN
    INSERT INTO reconciliation_latearrival
        (period_id, belongs_to_id, object_type, object_id, dated, amount, currency, arrived_at)
    SELECT reconciliation_takes_late(named.company, named.dated), p.id, named.what,
           named.name || CASE WHEN seen.times = 0 THEN '' ELSE ', change ' || seen.times + 1 END,
           named.dated, named.amount, named.currency, now()
    FROM (
        SELECT side.*, 'change of ' || replace(OLD.kind, '_', ' ') AS what,
               OLD.number || side.told || version AS name
        FROM (VALUES
            (OLD.company, OLD.date, OLD.currency, CASE WHEN moved THEN -was ELSE now_is - was END,
             CASE WHEN moved THEN ' as it was' ELSE fate END),
            (NEW.company, NEW.date, NEW.currency, CASE WHEN moved THEN now_is ELSE 0 END, fate)
        ) AS side (company, dated, currency, amount, told)
        WHERE side.amount <> 0
    ) named
    JOIN reconciliation_period p ON p.company = named.company
        AND named.dated BETWEEN p.first_day AND p.last_day AND p.state IN ('signed', 'locked')
    CROSS JOIN LATERAL (
        SELECT count(*) AS times FROM reconciliation_latearrival l
        WHERE l.object_type = named.what AND (l.object_id = named.name
            OR starts_with(l.object_id, named.name || ', change '))
    ) seen;
    RETURN NULL;
END $$;
"""
CHANGE_BACK = """
CREATE OR REPLACE FUNCTION reconciliation_note_late_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was bigint := CASE WHEN OLD.deleted_at IS NULL THEN OLD.minor ELSE 0 END;
    now_is bigint := CASE WHEN NEW.deleted_at IS NULL THEN NEW.minor ELSE 0 END;
    moved boolean := (NEW.company, NEW.date, NEW.currency)
        IS DISTINCT FROM (OLD.company, OLD.date, OLD.currency);
BEGIN
    INSERT INTO reconciliation_latearrival
        (period_id, belongs_to_id, object_type, object_id, dated, amount, currency, arrived_at)
    SELECT reconciliation_takes_late(side.company, side.dated), p.id,
           'change of ' || replace(OLD.kind, '_', ' '),
           OLD.number || side.told || CASE WHEN NEW.version = '' THEN '' ELSE ', version ' || NEW.version END,
           side.dated, side.amount, side.currency, now()
    FROM (VALUES
        (OLD.company, OLD.date, OLD.currency, CASE WHEN moved THEN -was ELSE now_is - was END,
         CASE WHEN moved THEN ' as it was' ELSE '' END),
        (NEW.company, NEW.date, NEW.currency, CASE WHEN moved THEN now_is ELSE 0 END, '')
    ) AS side (company, dated, currency, amount, told)
    JOIN reconciliation_period p ON p.company = side.company
        AND side.dated BETWEEN p.first_day AND p.last_day AND p.state IN ('signed', 'locked')
    WHERE side.amount <> 0
    ON CONFLICT (object_type, object_id) DO NOTHING;
    RETURN NULL;
END $$;
"""

# The match was made by approving: of exactly these lines and documents, in the proposer's name, at
# once. It is no change of what was decided, so a locked period takes it.
NAMED = """
ALTER TABLE reconciliation_adjustment DISABLE TRIGGER adjustment_in_locked_period;
WITH approved AS (
    SELECT id, proposer_id, decided_at,
           ARRAY(SELECT e::bigint FROM jsonb_array_elements_text(payload->'lines') e
                 ORDER BY 1) AS lines,
           ARRAY(SELECT e::bigint FROM jsonb_array_elements_text(payload->'documents') e
                 ORDER BY 1) AS documents
    FROM reconciliation_adjustment
    WHERE kind = 'match' AND state = 'approved' AND NOT payload ? 'match'
), named AS (
    SELECT DISTINCT ON (a.id) a.id, m.id AS match
    FROM approved a
    JOIN reconciliation_match m
      ON m.rule = 'by_hand' AND m.head_id IS NULL AND m.made_by_id = a.proposer_id
     AND m.made_at BETWEEN a.decided_at AND a.decided_at + interval '1 minute'
    CROSS JOIN LATERAL (
        SELECT COALESCE(array_agg(line_id ORDER BY line_id)
                        FILTER (WHERE line_id IS NOT NULL), '{}') AS lines,
               COALESCE(array_agg(document_id ORDER BY document_id)
                        FILTER (WHERE document_id IS NOT NULL), '{}') AS documents
        FROM reconciliation_match p WHERE p.id = m.id OR p.head_id = m.id
    ) sides
    WHERE sides.lines = a.lines AND sides.documents = a.documents
    ORDER BY a.id, m.made_at, m.id
)
UPDATE reconciliation_adjustment a
SET payload = a.payload || jsonb_build_object('match', n.match)
FROM named n WHERE n.id = a.id;
ALTER TABLE reconciliation_adjustment ENABLE TRIGGER adjustment_in_locked_period;
"""


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0014_documents_of_several")]
    operations = [
        migrations.RunSQL(CHANGE, CHANGE_BACK),
        migrations.RunSQL(NAMED, migrations.RunSQL.noop),
    ]
