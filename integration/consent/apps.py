"""The app config of consent."""

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "integration.consent"
    label = "consent"
    verbose_name = "Consent"
