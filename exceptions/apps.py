"""The app of exception queues."""

from django.apps import AppConfig


class ExceptionsConfig(AppConfig):
    name = "exceptions"
    label = "exceptions"
    verbose_name = "Exceptions"
