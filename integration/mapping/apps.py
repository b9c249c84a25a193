"""The app config of mapping."""

from django.apps import AppConfig


class MappingConfig(AppConfig):
    name = "integration.mapping"
    label = "mapping"
    verbose_name = "Mappings"
