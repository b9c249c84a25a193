"""A change says what the line or document was known by before, so that what hung on it is looked at."""

from django.db import migrations, models

_NOTE = """
CREATE OR REPLACE FUNCTION reconciliation_note_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reconciliation_change (side, object_id, {columns}what, at)
    VALUES ('line', NEW.id, {line}concat_ws(', ',
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
CREATE OR REPLACE FUNCTION reconciliation_note_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reconciliation_change (side, object_id, {columns}what, at)
    VALUES ('document', NEW.id, {document}concat_ws(', ',
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
"""
FORWARD = _NOTE.format(
    columns="was_reference, was_transaction, was_parent, was_invoice, ",
    line="OLD.reference_key, OLD.transaction_id, OLD.parent_transaction_id, '', ",
    document="OLD.reference_key, OLD.transaction_id, '', OLD.invoice_number, ",
)
BACKWARD = _NOTE.format(columns="", line="", document="")


def _text() -> models.TextField:
    return models.TextField(blank=True, default="")


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0017_day_totals")]
    operations = [
        migrations.AddField("change", "was_reference", _text()),
        migrations.AddField("change", "was_transaction", _text()),
        migrations.AddField("change", "was_parent", _text()),
        migrations.AddField("change", "was_invoice", _text()),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
