"""System checks: what the settings promise must be there."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
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


@register(Tags.security, deploy=True)
def plain_pages_lead_somewhere(**_: Any) -> list[CheckMessage]:
    """Behind a proxy that is not believed, every request looks plain and is sent round for ever."""
    if not settings.SECURE_SSL_REDIRECT or settings.BEHIND_PROXY:
        return []
    return [
        checks.Warning(
            "SSL_REDIRECT is on, but BEHIND_PROXY is not: every page leads to itself for ever.",
            hint="Set BEHIND_PROXY=true when a proxy of yours sets X-Forwarded-Proto and -For.",
            id="desk.W002",
        )
    ]
