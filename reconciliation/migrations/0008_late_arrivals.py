"""What arrives dated in a period that is shut is noted by the database, whoever brought it."""

from django.db import migrations

FORWARD = """
-- The period that takes what is dated on the day: the first after it that is neither signed nor
-- locked, made when it is not there yet.
CREATE FUNCTION reconciliation_takes_late(which text, what date) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    day date := what;
    taking reconciliation_period;
BEGIN
    LOOP
        SELECT * INTO taking FROM reconciliation_period
        WHERE company = which AND day BETWEEN first_day AND last_day;
        EXIT WHEN NOT FOUND OR taking.state NOT IN ('signed', 'locked');
        day := taking.last_day + 1;
    END LOOP;
    IF taking.id IS NULL THEN
        INSERT INTO reconciliation_period (company, first_day, last_day, state, version)
        VALUES (which, date_trunc('month', day)::date,
            (date_trunc('month', day) + interval '1 month - 1 day')::date, 'open', 1)
        ON CONFLICT (company, first_day) DO UPDATE SET company = excluded.company
        RETURNING * INTO taking;
    END IF;
    RETURN taking.id;
END $$;

CREATE FUNCTION reconciliation_note_late_documents() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM reconciliation_period WHERE state IN ('signed', 'locked')) THEN
        RETURN NULL;
    END IF;
    INSERT INTO reconciliation_latearrival
        (period_id, belongs_to_id, object_type, object_id, dated, amount, currency, arrived_at)
    SELECT reconciliation_takes_late(w.company, w.date), p.id, replace(w.kind, '_', ' '), w.number,
           w.date, w.minor, w.currency, now()
    FROM written w
    JOIN reconciliation_period p ON p.company = w.company
        AND w.date BETWEEN p.first_day AND p.last_day AND p.state IN ('signed', 'locked')
    WHERE w.deleted_at IS NULL
    ORDER BY w.id
    ON CONFLICT (object_type, object_id) DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER document_arrived_late
    AFTER INSERT ON mirror_primadocument REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION reconciliation_note_late_documents();

-- A document that was there already and comes to another amount, or is gone.
CREATE FUNCTION reconciliation_note_late_change() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER document_changed_late AFTER UPDATE ON mirror_primadocument FOR EACH ROW
    WHEN ((NEW.minor, NEW.currency, (NEW.deleted_at IS NULL))
        IS DISTINCT FROM (OLD.minor, OLD.currency, (OLD.deleted_at IS NULL)))
    EXECUTE FUNCTION reconciliation_note_late_change();

CREATE FUNCTION reconciliation_note_late_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM reconciliation_period WHERE state IN ('signed', 'locked')) THEN
        RETURN NULL;
    END IF;
    INSERT INTO reconciliation_latearrival
        (period_id, belongs_to_id, object_type, object_id, dated, amount, currency, arrived_at)
    SELECT reconciliation_takes_late(w.company, w.booked_on), p.id, 'payout line',
           left(concat_ws(' ', initcap(w.gateway), nullif(w.account, ''), w.line_id), 160), w.booked_on, w.net, w.currency, now()
    FROM written w
    JOIN reconciliation_period p ON p.company = w.company
        AND w.booked_on BETWEEN p.first_day AND p.last_day AND p.state IN ('signed', 'locked')
    WHERE w.kind <> 'payout'
    ORDER BY w.id
    ON CONFLICT (object_type, object_id) DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER line_arrived_late
    AFTER INSERT ON reconciliation_gatewayline REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION reconciliation_note_late_lines();
"""
BACKWARD = """
DROP TRIGGER line_arrived_late ON reconciliation_gatewayline;
DROP FUNCTION reconciliation_note_late_lines();
DROP TRIGGER document_changed_late ON mirror_primadocument;
DROP FUNCTION reconciliation_note_late_change();
DROP TRIGGER document_arrived_late ON mirror_primadocument;
DROP FUNCTION reconciliation_note_late_documents();
DROP FUNCTION reconciliation_takes_late(text, date);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reconciliation", "0007_roles_and_limits"),
        ("mirror", "0002_bookedorder_primadocument"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
