"""Registers the checks of the ground floor."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "integration.core"
    label = "core"

    def ready(self) -> None:
        from integration.core import checks  # noqa: F401, PLC0415 - registers on import
