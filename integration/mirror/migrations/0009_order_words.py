"""Orders are found by what their lines and promotions are called, whatever the case.

Longer words than any mapping has are cut, which an index could not hold.
"""

import django.contrib.postgres.indexes
import integration.mirror.order_words
from django.db import migrations, models


FORWARD = r"""
CREATE FUNCTION order_words(payload jsonb, parts text, field text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(
        left(upper(btrim(normalize(part ->> field), E' \t\n\r\f\v\u0085\u00a0\u2007\u202f\u3000')), 250)
    ), '{}')
    FROM jsonb_array_elements(
        CASE jsonb_typeof(payload -> parts) WHEN 'array' THEN payload -> parts ELSE '[]' END
    ) AS part
    WHERE part ->> field IS NOT NULL
$$;
"""
BACKWARD = "DROP FUNCTION order_words(jsonb, text, text);"


class Migration(migrations.Migration):

    dependencies = [
        ('mirror', '0008_contacts_unsubscribed'),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.AddIndex(
            model_name='campaignorder',
            index=django.contrib.postgres.indexes.GinIndex(integration.mirror.order_words.OrderWords('payload', models.Value('lines'), models.Value('sku')), name='order_skus'),
        ),
        migrations.AddIndex(
            model_name='campaignorder',
            index=django.contrib.postgres.indexes.GinIndex(integration.mirror.order_words.OrderWords('payload', models.Value('promotions'), models.Value('code')), name='order_promotions'),
        ),
    ]
