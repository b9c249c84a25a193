"""`manage.py rotate_secrets`: encrypts every stored secret anew with the newest key."""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import models, transaction
from django.db.models.functions import Cast

from integration.core.secrets import SecretField, box


class Command(BaseCommand):
    help = (
        "Put a new key first in SECRET_BOX_KEYS, keep the old one behind it, restart, run this; "
        "then the old key may go."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for model in apps.get_models():
            for field in model._meta.concrete_fields:
                if isinstance(field, SecretField) and not model._meta.proxy:
                    count = _rotate(model, field)
                    name = f"{model._meta.verbose_name}, {field.verbose_name}"
                    self.stdout.write(f"{name}: {count} encrypted anew")


def _rotate(model: type[models.Model], field: SecretField) -> int:
    """One short transaction for each row, so that nobody waits long."""
    rows = model._default_manager.exclude(**{field.attname: ""}).values_list("pk", flat=True)
    count = 0
    for key in rows.iterator():
        with transaction.atomic():
            one = model._default_manager.select_for_update().filter(pk=key)
            stored = one.values_list(Cast(field.attname, models.TextField()), flat=True).first()
            if stored:
                anew = box().rotate(stored.encode()).decode()
                one.update(**{field.attname: models.Value(anew, output_field=models.TextField())})
                count += 1
    return count
