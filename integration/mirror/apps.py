"""The app config of mirror."""

from django.apps import AppConfig


class MirrorConfig(AppConfig):
    name = "integration.mirror"
    label = "mirror"
    verbose_name = "What each system last said"
