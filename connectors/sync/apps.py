"""The app of connections and background syncs."""

from django.apps import AppConfig


class SyncConfig(AppConfig):
    name = "connectors.sync"
    label = "sync"
    verbose_name = "Connections and syncs"
