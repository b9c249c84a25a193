"""The database guards matches, notes what changed under them, and finds lines and documents by key."""

from django.db import migrations

GUARDS = """
DROP TRIGGER match_in_locked_period ON reconciliation_match;

-- A rule makes a million matches in one statement, so they are looked at together.
CREATE FUNCTION reconciliation_refuse_locked_matches() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM reconciliation_period WHERE state = 'locked') AND EXISTS (
        SELECT 1
        FROM reconciliation_period p
        JOIN written m ON m.company = p.company AND m.day BETWEEN p.first_day AND p.last_day
        WHERE p.state = 'locked'
    ) THEN
        RAISE EXCEPTION 'The period of this day is locked.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER match_made_in_locked_period
    AFTER INSERT ON reconciliation_match REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION reconciliation_refuse_locked_matches();
CREATE TRIGGER match_changed_in_locked_period
    AFTER UPDATE ON reconciliation_match REFERENCING OLD TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION reconciliation_refuse_locked_matches();
CREATE TRIGGER match_moved_to_locked_period
    AFTER UPDATE ON reconciliation_match REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION reconciliation_refuse_locked_matches();
CREATE TRIGGER match_deleted_in_locked_period
    AFTER DELETE ON reconciliation_match REFERENCING OLD TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION reconciliation_refuse_locked_matches();

CREATE FUNCTION reconciliation_keep_matched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_ARGV[0] = 'line' AND EXISTS (
        SELECT 1 FROM reconciliation_match WHERE line_id = OLD.id AND undone_at IS NULL
    ) OR TG_ARGV[0] = 'document' AND EXISTS (
        SELECT 1 FROM reconciliation_match WHERE document_id = OLD.id AND undone_at IS NULL
    ) THEN
        RAISE EXCEPTION 'It is matched; undo the match first.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER line_kept_while_matched BEFORE DELETE ON reconciliation_gatewayline
    FOR EACH ROW EXECUTE FUNCTION reconciliation_keep_matched('line');
CREATE TRIGGER document_kept_while_matched BEFORE DELETE ON mirror_primadocument
    FOR EACH ROW EXECUTE FUNCTION reconciliation_keep_matched('document');
"""
GUARDS_BACK = """
DROP TRIGGER document_kept_while_matched ON mirror_primadocument;
DROP TRIGGER line_kept_while_matched ON reconciliation_gatewayline;
DROP FUNCTION reconciliation_keep_matched();
DROP TRIGGER match_made_in_locked_period ON reconciliation_match;
DROP TRIGGER match_changed_in_locked_period ON reconciliation_match;
DROP TRIGGER match_moved_to_locked_period ON reconciliation_match;
DROP TRIGGER match_deleted_in_locked_period ON reconciliation_match;
DROP FUNCTION reconciliation_refuse_locked_matches();
CREATE TRIGGER match_in_locked_period
    BEFORE INSERT OR UPDATE OR DELETE ON reconciliation_match
    FOR EACH ROW EXECUTE FUNCTION reconciliation_refuse_locked();
"""

CHANGES = """
CREATE FUNCTION reconciliation_note_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reconciliation_change (side, object_id, what, at)
    VALUES ('line', NEW.id, concat_ws(', ',
        CASE WHEN NEW.gross <> OLD.gross THEN 'amount' END,
        CASE WHEN NEW.currency <> OLD.currency THEN 'currency' END,
        CASE WHEN NEW.kind <> OLD.kind THEN 'kind' END,
        CASE WHEN NEW.company <> OLD.company THEN 'company' END,
        CASE WHEN NEW.reference <> OLD.reference THEN 'reference' END,
        CASE WHEN (NEW.transaction_id, NEW.parent_transaction_id)
             <> (OLD.transaction_id, OLD.parent_transaction_id) THEN 'transaction' END,
        CASE WHEN (NEW.original_amount, NEW.original_currency)
             IS DISTINCT FROM (OLD.original_amount, OLD.original_currency)
             THEN 'original amount' END), now());
    RETURN NULL;
END $$;
CREATE TRIGGER line_changed AFTER UPDATE ON reconciliation_gatewayline FOR EACH ROW
    WHEN ((NEW.gross, NEW.currency, NEW.kind, NEW.company, NEW.reference, NEW.transaction_id,
           NEW.parent_transaction_id, NEW.original_amount, NEW.original_currency)
        IS DISTINCT FROM
          (OLD.gross, OLD.currency, OLD.kind, OLD.company, OLD.reference, OLD.transaction_id,
           OLD.parent_transaction_id, OLD.original_amount, OLD.original_currency))
    EXECUTE FUNCTION reconciliation_note_line();

CREATE FUNCTION reconciliation_note_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reconciliation_change (side, object_id, what, at)
    VALUES ('document', NEW.id, concat_ws(', ',
        CASE WHEN NEW.deleted_at IS NOT NULL AND OLD.deleted_at IS NULL THEN 'deleted' END,
        CASE WHEN NEW.deleted_at IS NULL AND OLD.deleted_at IS NOT NULL THEN 'restored' END,
        CASE WHEN NEW.minor <> OLD.minor THEN 'amount' END,
        CASE WHEN NEW.currency <> OLD.currency THEN 'currency' END,
        CASE WHEN NEW.kind <> OLD.kind THEN 'kind' END,
        CASE WHEN NEW.company <> OLD.company THEN 'company' END,
        CASE WHEN NEW.external_ref <> OLD.external_ref THEN 'reference' END,
        CASE WHEN NEW.transaction_id <> OLD.transaction_id THEN 'transaction' END,
        CASE WHEN NEW.invoice_number <> OLD.invoice_number THEN 'invoice number' END,
        CASE WHEN (NEW.voucher_number, NEW.method) <> (OLD.voucher_number, OLD.method)
             THEN 'payment method' END), now());
    RETURN NULL;
END $$;
CREATE TRIGGER document_changed AFTER UPDATE ON mirror_primadocument FOR EACH ROW
    WHEN (((NEW.deleted_at IS NULL), NEW.minor, NEW.currency, NEW.kind, NEW.company,
           NEW.external_ref, NEW.transaction_id, NEW.invoice_number, NEW.voucher_number, NEW.method)
        IS DISTINCT FROM
          ((OLD.deleted_at IS NULL), OLD.minor, OLD.currency, OLD.kind, OLD.company,
           OLD.external_ref, OLD.transaction_id, OLD.invoice_number, OLD.voucher_number, OLD.method))
    EXECUTE FUNCTION reconciliation_note_document();
"""
CHANGES_BACK = """
DROP TRIGGER document_changed ON mirror_primadocument;
DROP FUNCTION reconciliation_note_document();
DROP TRIGGER line_changed ON reconciliation_gatewayline;
DROP FUNCTION reconciliation_note_line();
"""

# What the incremental run and the list of candidates look up.
KEYS = """
CREATE INDEX line_reference ON reconciliation_gatewayline (reference_key, kind)
    WHERE reference_key <> '';
CREATE INDEX line_transaction ON reconciliation_gatewayline (transaction_id)
    WHERE transaction_id <> '';
CREATE INDEX line_parent ON reconciliation_gatewayline (parent_transaction_id)
    WHERE parent_transaction_id <> '';
CREATE INDEX line_email ON reconciliation_gatewayline (upper(customer_email))
    WHERE customer_email <> '';
CREATE INDEX document_reference ON mirror_primadocument (reference_key, kind)
    WHERE reference_key <> '';
CREATE INDEX document_transaction ON mirror_primadocument (transaction_id)
    WHERE transaction_id <> '';
CREATE INDEX document_invoice ON mirror_primadocument (invoice_number)
    WHERE invoice_number <> '';
CREATE INDEX document_email ON mirror_primadocument (upper(customer_email))
    WHERE customer_email <> '';
"""
KEYS_BACK = """
DROP INDEX line_reference, line_transaction, line_parent, line_email,
    document_reference, document_transaction, document_invoice, document_email;
"""

# What a tolerance allows: both limits must hold. Nothing where no row says otherwise.
TOLERANCE = """
CREATE FUNCTION reconciliation_swallows(which text, code text, ours bigint, theirs bigint)
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
TOLERANCE_BACK = "DROP FUNCTION reconciliation_swallows(text, text, bigint, bigint);"


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0003_match_storage")]
    operations = [
        migrations.RunSQL(GUARDS, GUARDS_BACK),
        migrations.RunSQL(CHANGES, CHANGES_BACK),
        migrations.RunSQL(KEYS, KEYS_BACK),
        migrations.RunSQL(TOLERANCE, TOLERANCE_BACK),
    ]
