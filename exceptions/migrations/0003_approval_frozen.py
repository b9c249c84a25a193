"""The database itself keeps what was proposed as it was proposed."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION approval_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'proposed' THEN
        RAISE EXCEPTION 'A decided approval is never changed.' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.case_id, NEW.action, NEW.payload, NEW.proposer_id, NEW.proposed_at, NEW.reason,
        NEW.summary, NEW.currency) IS DISTINCT FROM
       (OLD.case_id, OLD.action, OLD.payload, OLD.proposer_id, OLD.proposed_at, OLD.reason,
        OLD.summary, OLD.currency) OR NEW.amount IS DISTINCT FROM OLD.amount THEN
        RAISE EXCEPTION 'What was proposed is never changed.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approval_frozen BEFORE UPDATE ON exceptions_approval
    FOR EACH ROW EXECUTE FUNCTION approval_frozen();
"""
BACKWARD = """
DROP TRIGGER approval_frozen ON exceptions_approval;
DROP FUNCTION approval_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0002_cases_widened")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
