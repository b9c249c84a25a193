"""Import and export of the field policy."""

from integration.mapping.resources import MappingResource
from integration.ownership.models import FieldPolicy


class FieldPolicyResource(MappingResource):
    class Meta:
        model = FieldPolicy
        import_id_fields = ("field", "valid_from")
        fields = ("field", "owner", "on_other", "value_domain", "valid_from", "valid_to", "note")
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True
