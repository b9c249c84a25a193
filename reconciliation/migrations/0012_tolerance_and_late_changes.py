"""A percentage of 0 leaves the absolute limit alone; what moves between days or currencies is two notes."""

from django.db import migrations

TOLERANCE = """
CREATE OR REPLACE FUNCTION reconciliation_swallows(
    which text, code text, ours bigint, theirs bigint)
RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT COALESCE((
        SELECT abs(ours - theirs) <= absolute
            AND (relative = 0 OR abs(ours - theirs) * 100 <= abs(theirs) * relative)
        FROM reconciliation_tolerance
        WHERE control = which AND currency IN (code, '*')
        ORDER BY currency = '*'
        LIMIT 1
    ), false)
$$;
"""
TOLERANCE_BACK = """
CREATE OR REPLACE FUNCTION reconciliation_swallows(
    which text, code text, ours bigint, theirs bigint)
RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT COALESCE((
        SELECT abs(ours - theirs) <= LEAST(absolute, abs(theirs) * relative / 100)
        FROM reconciliation_tolerance
        WHERE control = which AND currency IN (code, '*')
        ORDER BY currency = '*'
        LIMIT 1
    ), false)
$$;
"""

CHANGE = """
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
DROP TRIGGER document_changed_late ON mirror_primadocument;
CREATE TRIGGER document_changed_late AFTER UPDATE ON mirror_primadocument FOR EACH ROW
    WHEN ((NEW.minor, NEW.currency, NEW.date, NEW.company, (NEW.deleted_at IS NULL))
        IS DISTINCT FROM (OLD.minor, OLD.currency, OLD.date, OLD.company, (OLD.deleted_at IS NULL)))
    EXECUTE FUNCTION reconciliation_note_late_change();
"""
CHANGE_BACK = """
CREATE OR REPLACE FUNCTION reconciliation_note_late_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was bigint := CASE WHEN OLD.deleted_at IS NULL THEN OLD.minor ELSE 0 END;
    now_is bigint := CASE WHEN NEW.deleted_at IS NULL THEN NEW.minor ELSE 0 END;
BEGIN
    INSERT INTO reconciliation_latearrival
        (period_id, belongs_to_id, object_type, object_id, dated, amount, currency, arrived_at)
    SELECT reconciliation_takes_late(OLD.company, OLD.date), p.id,
           'change of ' || replace(OLD.kind, '_', ' '),
           OLD.number || CASE WHEN NEW.version = '' THEN '' ELSE ', version ' || NEW.version END,
           OLD.date, now_is - was, NEW.currency, now()
    FROM reconciliation_period p
    WHERE p.company = OLD.company AND OLD.date BETWEEN p.first_day AND p.last_day
        AND p.state IN ('signed', 'locked')
    ON CONFLICT (object_type, object_id) DO NOTHING;
    RETURN NULL;
END $$;
DROP TRIGGER document_changed_late ON mirror_primadocument;
CREATE TRIGGER document_changed_late AFTER UPDATE ON mirror_primadocument FOR EACH ROW
    WHEN ((NEW.minor, NEW.currency, (NEW.deleted_at IS NULL))
        IS DISTINCT FROM (OLD.minor, OLD.currency, (OLD.deleted_at IS NULL)))
    EXECUTE FUNCTION reconciliation_note_late_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reconciliation", "0011_bookings_seen_again"),
        ("mirror", "0002_bookedorder_primadocument"),
    ]
    operations = [
        migrations.RunSQL(TOLERANCE, TOLERANCE_BACK),
        migrations.RunSQL(CHANGE, CHANGE_BACK),
    ]
