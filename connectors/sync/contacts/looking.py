"""What differs between contacts and their accounts, as both systems were last read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from connectors.sync.contacts import differences, pairs, rows_written
from connectors.sync.contacts.differences import State
from connectors.sync.contacts.judging import Verdict, judge
from connectors.sync.contacts.pairs import Pair
from connectors.sync.contacts.storing import CHANNEL, PURPOSE, recipient_of
from connectors.sync.contacts.views import Ground
from integration.consent import suppression
from integration.core import problems
from integration.ownership.deciding import WRITING, Step
from integration.ownership.models import Drift

AT_ONCE = 500
LOOKED_AT = timedelta(minutes=1)
"""How old the last look at a difference must be before it is looked at again."""


@dataclass(frozen=True, slots=True)
class Look:
    """The differences of some pairs, and the contacts for whom there is something to do."""

    drifts: Sequence[Drift]
    again: Sequence[str]


def look(found: Sequence[Pair], ground: Ground) -> Look:
    """All of them have an account."""
    refused = _refused(found, ground)
    under_way = differences.rows_under_way([pair.key for pair in found])
    owners = {field: rule.owner for field, rule in ground.policy.rules.items()}
    drifts: list[Drift] = []
    again: list[str] = []
    for pair in found:
        verdicts = judge(pair, ground)
        drifts += differences.of_pair(pair, verdicts, owners, refused, under_way)
        drifts += _consent(pair, refused)
        if _is_to_do(verdicts, refused=pair.key in refused) or not pair.standing.pk:
            again.append(pair.key)
    return Look(drifts, again)


def look_again(ground: Ground) -> int:
    """What was being written, those who wait longest first; how many differences are gone.

    So nobody has to wait for the next comparison to see that a value has arrived.
    """
    now = timezone.now()
    waiting = Drift.objects.filter(
        healed_at__isnull=True, state=State.UNDER_WAY, last_seen_at__lt=now - LOOKED_AT
    )
    oldest = waiting.order_by("last_seen_at", "pk").values_list("contact_key", flat=True)
    keys = sorted(set(oldest[:AT_ONCE]))
    if not keys:
        return 0
    found = [pair for pair in pairs.load(keys) if pair.account is not None]
    there = [pair.key for pair in found]
    drifts = look(found, ground).drifts
    with transaction.atomic():
        known = _locked(there)
        # What else differs now is the comparison's to find, which may be running.
        drifts = [one for one in drifts if (one.contact_key, one.field) in known]
        counted = differences.keep(there, drifts, now)
        problems.report(counted.findings)
        # A customer whom a system has lost is the comparison's to judge.
        waiting.filter(contact_key__in=set(keys) - set(there)).update(last_seen_at=now)
    return counted.healed


def _is_to_do(verdicts: Sequence[Verdict], *, refused: bool) -> bool:
    """Who may not be written to would only be looked at in vain, comparison after comparison."""
    return any(
        one.step == Step.PROPOSE or (one.step in WRITING and not (refused and one.goes_to("sfmc")))
        for one in verdicts
    )


def _locked(contact_keys: Sequence[str]) -> set[tuple[str, str]]:
    """Which differences of these contacts are open; nobody else heals them meanwhile."""
    known = Drift.objects.filter(contact_key__in=contact_keys, healed_at__isnull=True)
    return set(known.order_by("pk").select_for_update().values_list("contact_key", "field"))


def _refused(found: Sequence[Pair], ground: Ground) -> dict[str, str]:
    """Why they may not be written to, by contact."""
    rows = [rows_written.audience_row(pair, ground, "") for pair in found]
    recipients = [recipient_of(row) for row in rows]
    return dict(suppression.allowed(recipients, CHANNEL, PURPOSE).refused)


def _consent(pair: Pair, refused: dict[str, str]) -> list[Drift]:
    """Who opted out here and is still subscribed there: the lane of opt-outs is on its way."""
    why_not = refused.get(pair.key, "")
    if pair.contact.status != "Active" or not why_not.startswith(("Opted out", "Objected")):
        return []
    return [differences.row(pair, "consent", ("Active", why_not), State.UNDER_WAY, "hub")]
