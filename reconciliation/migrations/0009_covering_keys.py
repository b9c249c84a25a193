"""The indexes of references hold all that is needed to pair what is plain at a glance."""

from django.db import migrations

FORWARD = """
DROP INDEX line_reference, document_reference;
CREATE INDEX line_reference ON reconciliation_gatewayline (reference_key, kind)
    INCLUDE (id, reference, currency, gross, booked_on, company)
    WHERE reference_key <> '';
CREATE INDEX document_reference ON mirror_primadocument (reference_key, kind)
    INCLUDE (id, external_ref, currency, minor, date, company, deleted_at)
    WHERE reference_key <> '';
-- What has to be looked at besides.
CREATE INDEX line_without_reference ON reconciliation_gatewayline (kind)
    WHERE reference_key = '' OR kind <> 'charge';
CREATE INDEX document_without_reference ON mirror_primadocument (kind)
    WHERE kind = 'credit_note' OR (kind = 'invoice' AND reference_key = '');
"""
BACKWARD = """
DROP INDEX line_reference, document_reference, line_without_reference, document_without_reference;
CREATE INDEX line_reference ON reconciliation_gatewayline (reference_key, kind)
    WHERE reference_key <> '';
CREATE INDEX document_reference ON mirror_primadocument (reference_key, kind)
    WHERE reference_key <> '';
"""


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0008_late_arrivals")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
