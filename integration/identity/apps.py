"""The app config of identity."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "integration.identity"
    label = "identity"
    verbose_name = "Customers"
