"""The database itself refuses to change what lies in a locked period."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION reconciliation_in_locked_period(which text, what date) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM reconciliation_period
        WHERE company = which AND state = 'locked' AND what BETWEEN first_day AND last_day
    )
$$;

CREATE FUNCTION reconciliation_refuse_locked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP IN ('INSERT', 'UPDATE') AND reconciliation_in_locked_period(NEW.company, NEW.day)
       OR TG_OP IN ('DELETE', 'UPDATE') AND reconciliation_in_locked_period(OLD.company, OLD.day)
    THEN
        RAISE EXCEPTION 'The period of this day is locked.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE TRIGGER match_in_locked_period
    BEFORE INSERT OR UPDATE OR DELETE ON reconciliation_match
    FOR EACH ROW EXECUTE FUNCTION reconciliation_refuse_locked();
CREATE TRIGGER adjustment_in_locked_period
    BEFORE INSERT OR UPDATE OR DELETE ON reconciliation_adjustment
    FOR EACH ROW EXECUTE FUNCTION reconciliation_refuse_locked();
CREATE TRIGGER difference_in_locked_period
    BEFORE INSERT OR DELETE OR UPDATE OF state, amount, currency, day, company, closed_at
    ON reconciliation_difference
    FOR EACH ROW EXECUTE FUNCTION reconciliation_refuse_locked();

CREATE FUNCTION reconciliation_keep_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The history is never changed.' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER period_event_kept BEFORE UPDATE OR DELETE ON reconciliation_periodevent
    FOR EACH ROW EXECUTE FUNCTION reconciliation_keep_history();
"""
BACKWARD = """
DROP TRIGGER period_event_kept ON reconciliation_periodevent;
DROP FUNCTION reconciliation_keep_history();
DROP TRIGGER difference_in_locked_period ON reconciliation_difference;
DROP TRIGGER adjustment_in_locked_period ON reconciliation_adjustment;
DROP TRIGGER match_in_locked_period ON reconciliation_match;
DROP FUNCTION reconciliation_refuse_locked();
DROP FUNCTION reconciliation_in_locked_period(text, date);
"""


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
