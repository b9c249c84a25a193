"""What is still to be done before the first order can arrive: for a desk that has just begun."""

from dataclasses import dataclass

from django.urls import reverse

from connectors.sync.models import Connection
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.mapping.models import ValueMapping


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. `url` is empty for those who cannot do it."""

    what: str
    done: bool
    url: str = ""


def steps(user: User, *, runs: bool) -> list[Step]:
    """In the order in which one does them. `runs`: the background work goes on."""
    connected = set(Connection.objects.filter(enabled=True).values_list("system", flat=True))
    people = User.objects.filter(is_active=True)[:2].count() > 1
    return [
        Step("Start the background work", runs),
        Step("Let people in", people, _admin(user, "accounts_user", May.MANAGE_PEOPLE)),
        *(
            Step(
                f"Connect {system.label}",
                system in connected,
                _admin(user, "sync_connection", May.MANAGE_CONNECTIONS),
            )
            for system in Connection.System
        ),
        Step(
            "Say what the words of the campaigns mean in Prima",
            ValueMapping.objects.exists(),
            _admin(user, "mapping_valuemapping", May.MANAGE_MAPPINGS),
        ),
    ]


def _admin(user: User, model: str, needed: May) -> str:
    return reverse(f"admin:{model}_changelist") if user.may(needed) else ""
