"""System checks: the desk refuses to start when its problem sink is missing."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string


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
