"""Import and export of mappings: checked like the form, audited row by row."""

from typing import Any

from import_export import fields, resources
from import_export.widgets import DateWidget

from integration.audit.trail import record
from integration.audit.trailed import changes, values
from integration.mapping.models import ProductMapping, PromotionMapping, ValueMapping


class MappingResource(resources.ModelResource):
    """A row is found again by its source value and first day; everything else is overwritten."""

    valid_from = fields.Field("valid_from", "valid_from", widget=DateWidget("%Y-%m-%d"))
    valid_to = fields.Field("valid_to", "valid_to", widget=DateWidget("%Y-%m-%d"))

    def before_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        old = type(instance).objects.filter(pk=instance.pk).first() if instance.pk else None
        instance._was = values(old) if old else {}

    def after_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """A dry run rolls its entries back with everything else."""
        was, now = changes(instance._was, values(instance))
        verb = "changed" if was else "added"
        record(
            f"{instance._meta.verbose_name} {verb} by import",
            actor=kwargs.get("user"),
            target=instance,
            before=was,
            after=now,
            file=kwargs.get("file_name") or "",
        )


class ProductMappingResource(MappingResource):
    class Meta:
        model = ProductMapping
        import_id_fields = ("source_sku", "valid_from")
        fields = ("source_sku", "prima_sku", "valid_from", "valid_to", "note")
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True


class PromotionMappingResource(MappingResource):
    class Meta:
        model = PromotionMapping
        import_id_fields = ("source_code", "valid_from")
        fields = (
            "source_code",
            "treatment",
            "prima_code",
            "max_percent",
            "max_amount",
            "may_stack",
            "valid_from",
            "valid_to",
            "note",
        )
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True


class ValueMappingResource(MappingResource):
    class Meta:
        model = ValueMapping
        import_id_fields = ("domain", "source", "valid_from")
        fields = ("domain", "source", "target", "valid_from", "valid_to", "note")
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True
