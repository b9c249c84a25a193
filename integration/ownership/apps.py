"""The app config of field ownership."""

from django.apps import AppConfig


class OwnershipConfig(AppConfig):
    name = "integration.ownership"
    label = "ownership"
    verbose_name = "Field policy"
