"""System checks: the desk refuses to start when its problem sink is missing."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.utils.module_loading import import_string

from integration.env import env


@register()
def problem_sink_imports(**_: Any) -> list[CheckMessage]:
    try:
        import_string(settings.PROBLEM_SINK)
    except ImportError as error:
        return [
            Error(
                f"PROBLEM_SINK does not import: {error}",
                hint="It must name the function that files problems as cases.",
                id="desk.E001",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def production_names_its_own(**_: Any) -> list[CheckMessage]:
    """What one machine makes up for itself, several machines must share, and backups must hold."""
    return [
        checks.Warning(
            f"{name} is not set: this machine made up its own under var.",
            hint="Set it in the environment, the same on every machine of the desk.",
            id="desk.W001",
        )
        for name in ("SECRET_KEY", "SECRET_BOX_KEYS", "SUPPRESSION_KEY", "DATABASE_URL")
        if not env.str(name, default="")
    ]
