"""A person accepts or rejects proposals: written down here, carried out by the flow of customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from connectors.sync.contacts.following import CUSTOMERS
from connectors.sync.nudges import nudge
from exceptions.problems import NotAllowed, NotPossible
from exceptions.storable import text
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.audit import trail
from integration.core.personal import masked_payload
from integration.ownership.models import Keeper, Proposal

ACCEPT, REJECT = "accept", "reject"
STATES = {ACCEPT: Proposal.State.ACCEPTED, REJECT: Proposal.State.REJECTED}
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Decided:
    """How many were decided, and how many had changed or been decided since they were shown."""

    done: int
    stale: int


def decide(versions: Mapping[int, int], answer: str, *, actor: User, reason: str = "") -> Decided:
    """The proposals by id, each with the version that was shown. Raises Refused in words."""
    if not actor.may(May.KEEP_CUSTOMERS):
        raise NotAllowed(f"Your roles do not let you {May.KEEP_CUSTOMERS.value}.")
    if answer not in STATES:
        raise NotPossible("A proposal is accepted or rejected.")
    if len(versions) > MOST:
        raise NotPossible(f"Decide about {MOST:,} at most at a time.")
    now = timezone.now()
    with transaction.atomic():
        rows = list(
            Proposal.objects.filter(pk__in=versions, state=Proposal.State.OPEN)
            .select_for_update()
            .order_by("pk")
        )
        fresh = [row for row in rows if row.version == versions[row.pk]]
        Proposal.objects.filter(pk__in=[row.pk for row in fresh]).update(
            state=STATES[answer],
            decided_by=actor,
            decided_at=now,
            changed_at=now,
            reason=text(reason, 250),
            version=F("version") + 1,
        )
        _record(fresh, answer, reason, actor)
        if fresh:
            nudge(CUSTOMERS)
    return Decided(len(fresh), len(versions) - len(fresh))


def _record(rows: Sequence[Proposal], answer: str, reason: str, actor: User) -> None:
    for row in rows:
        trail.record(
            f"proposal {STATES[answer].value}",
            actor=actor,
            target=row,
            contact_key=row.contact_key,
            account=row.account_code,
            field=row.field,
            changed_in=Keeper(row.source).label,
            kept_by=Keeper(row.owner).label,
            before=masked_payload({row.field: row.current}),
            after=masked_payload({row.field: row.proposed}),
            reason=reason,
        )
