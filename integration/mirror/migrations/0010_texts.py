"""Orders, accounts and products are searched for through an index, however many there are."""

import django.contrib.postgres.indexes
import integration.core.searching
import integration.mirror.texts
import django.db.models.functions.text
from django.db import migrations, models


FORWARD = """
CREATE FUNCTION order_proofs(payload jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT concat_ws(E'\\n',
        payload #>> '{order,tax_number}', payload #>> '{order,payment_reference}')
$$;
"""
BACKWARD = "DROP FUNCTION order_proofs(jsonb);"


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0001_search_grams'),
        ('mirror', '0009_order_words'),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.AddIndex(
            model_name='campaignorder',
            index=django.contrib.postgres.indexes.GinIndex(integration.core.searching.Grams(models.Value(''), 'key', 'contact_key', 'email', 'customer_name', 'campaign', integration.mirror.texts.OrderProofs('payload')), gin_pending_list_limit=32768, name='order_texts'),
        ),
        migrations.AddIndex(
            model_name='primacustomer',
            index=django.contrib.postgres.indexes.GinIndex(integration.core.searching.Grams(models.Value(''), 'account_code', 'contact_key', 'name', 'email', 'vat_number'), gin_pending_list_limit=32768, name='customer_texts'),
        ),
        migrations.AddIndex(
            model_name='primacustomer',
            index=models.Index(django.db.models.functions.text.Upper('postcode'), condition=models.Q(('postcode', ''), _negated=True), name='customer_postcode'),
        ),
        migrations.AddIndex(
            model_name='primaitem',
            index=django.contrib.postgres.indexes.GinIndex(integration.core.searching.Grams(models.Value(''), 'sku_key', 'description', 'gtin'), gin_pending_list_limit=32768, name='item_texts'),
        ),
    ]
