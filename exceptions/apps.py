"""The app of exception queues."""

from django.apps import AppConfig


class ExceptionsConfig(AppConfig):
    name = "exceptions"
    label = "exceptions"
    verbose_name = "Exceptions"

    def ready(self) -> None:
        from exceptions import checks  # noqa: F401, PLC0415 - registers on import
