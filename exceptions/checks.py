"""System checks: every kind and action loads, and what they name exists."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from exceptions.action import actions
from exceptions.kind import kinds


@register()
def kinds_and_actions_fit(**_: Any) -> list[CheckMessage]:
    try:
        known = actions()
        wanted = [(kind.slug, slug) for kind in kinds().values() for slug in kind.actions]
    except (ImportError, RuntimeError) as error:
        return [Error(f"A kind or an action does not load: {error}", id="desk.E010")]
    return [
        Error(f"The kind {kind} names an action {slug} that does not exist.", id="desk.E011")
        for kind, slug in wanted
        if slug not in known
    ]
