"""Loads the settings, or says in a sentence why the desk does not start."""

import sys

from django.conf import settings

from integration.env import SettingRefused


def load_settings() -> None:
    """Leaves with status 1 when a setting is refused."""
    try:
        _ = settings.INSTALLED_APPS
    except SettingRefused as refusal:
        sys.exit(f"The desk does not start. {refusal}")
