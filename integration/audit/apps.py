"""The app config of audit."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "integration.audit"
    label = "audit"
    verbose_name = "Audit trail"
