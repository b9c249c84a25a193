"""The database itself keeps the ledger: events and wordings never change, suppressions only grow."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION consent_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The consent ledger is never changed or deleted.'
        USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER consent_event_append_only BEFORE UPDATE OR DELETE ON consent_consentevent
    FOR EACH ROW EXECUTE FUNCTION consent_append_only();
CREATE TRIGGER consent_event_no_truncate BEFORE TRUNCATE ON consent_consentevent
    FOR EACH STATEMENT EXECUTE FUNCTION consent_append_only();
CREATE TRIGGER consent_wording_append_only BEFORE UPDATE OR DELETE ON consent_wording
    FOR EACH ROW EXECUTE FUNCTION consent_append_only();
CREATE FUNCTION consent_suppression_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.since >= OLD.since
        AND (NEW.address_hash, NEW.channel, NEW.purpose, NEW.reason)
          = (OLD.address_hash, OLD.channel, OLD.purpose, OLD.reason) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A suppression is never lifted by changing it.'
        USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER consent_suppression_grows BEFORE UPDATE OR DELETE ON consent_suppression
    FOR EACH ROW EXECUTE FUNCTION consent_suppression_grows();
CREATE TRIGGER consent_suppression_no_truncate BEFORE TRUNCATE ON consent_suppression
    FOR EACH STATEMENT EXECUTE FUNCTION consent_append_only();
"""
BACKWARD = """
DROP TRIGGER consent_suppression_no_truncate ON consent_suppression;
DROP TRIGGER consent_suppression_grows ON consent_suppression;
DROP FUNCTION consent_suppression_grows();
DROP TRIGGER consent_wording_append_only ON consent_wording;
DROP TRIGGER consent_event_no_truncate ON consent_consentevent;
DROP TRIGGER consent_event_append_only ON consent_consentevent;
DROP FUNCTION consent_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("consent", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
