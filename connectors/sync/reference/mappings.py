"""Notices that mappings or policy changed in admin, and has held orders tried again."""

from django.db import connection, transaction
from django.utils import timezone

from connectors.sync.models import Cursor
from connectors.sync.reference.codes import nudge_all_held
from integration.identity.models import CustomerLink
from integration.mapping.models import (
    OrderPolicy,
    ProductMapping,
    PromotionMapping,
    TaxRule,
    ValueMapping,
)

NAME = "mappings"
_TABLES = tuple(
    model._meta.db_table
    for model in (
        ProductMapping,
        PromotionMapping,
        ValueMapping,
        TaxRule,
        OrderPolicy,
        CustomerLink,
    )
)
_ONE = "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY id), '')) FROM {} AS t"
_VERSION = f"SELECT concat({', '.join(f'({_ONE.format(table)})' for table in _TABLES)})"


def follow_mappings() -> int:
    """Answers how many held orders are tried again because of a change; 0 the first time."""
    with connection.cursor() as cursor:
        cursor.execute(_VERSION)
        version = str(cursor.fetchone()[0])
    with transaction.atomic():
        kept, made = Cursor.objects.select_for_update().get_or_create(
            flow=NAME, defaults={"value": version, "moved_at": timezone.now()}
        )
        if made or kept.value == version:
            return 0
        kept.value, kept.moved_at = version, timezone.now()
        kept.save(update_fields=["value", "moved_at"])
        return nudge_all_held("a change of the mappings")
