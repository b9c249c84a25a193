"""Keeps proposals in step with what the systems say: new ones, newer values, and those overtaken."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F

from connectors.sync.contacts.judging import Verdict
from connectors.sync.contacts.outcome import Work
from connectors.sync.contacts.pairs import Pair
from connectors.sync.contacts.views import token
from integration.ownership.deciding import Step
from integration.ownership.models import Proposal

MOST = 500


def keep(works: Sequence[Work], now: datetime) -> None:
    """In the caller's transaction: proposals of these contacts as their verdicts have it."""
    settled: list[int] = []
    new: list[Proposal] = []
    for work in works:
        if work.pair is None:
            continue
        for verdict in work.verdicts:
            under_way = work.pair.asked.get(verdict.field)
            if verdict.step == Step.SETTLED and under_way is not None:
                settled.append(under_way.pk)
            elif verdict.step == Step.PROPOSE:
                new += _proposed(work.pair, verdict, under_way, settled, now)
    if settled:
        rows = Proposal.objects.filter(pk__in=settled)
        rows.filter(state=Proposal.State.OPEN).update(state=Proposal.State.OVERTAKEN)
        rows.update(settled_at=now, changed_at=now, version=F("version") + 1)
    Proposal.objects.bulk_create(new, ignore_conflicts=True)


def _proposed(
    pair: Pair, verdict: Verdict, under_way: Proposal | None, settled: list[int], now: datetime
) -> list[Proposal]:
    """A newer value replaces the one that waits; what was decided before is over."""
    source, owner = verdict.decision.source, verdict.decision.target
    told = {
        "current": verdict.said_by(owner)[:MOST],
        "proposed": verdict.said_by(source)[:MOST],
        "token": token(verdict.said_by(source)),
        "source": source,
        "owner": owner,
    }
    if under_way is not None and under_way.state == Proposal.State.OPEN:
        Proposal.objects.filter(pk=under_way.pk, state=Proposal.State.OPEN).update(
            **told, version=F("version") + 1, changed_at=now
        )
        return []
    if under_way is not None:
        settled.append(under_way.pk)
    return [
        Proposal(
            contact_key=pair.key,
            account_code=pair.account.account_code if pair.account else "",
            name=pair.name[:200],
            field=verdict.field,
            created_at=now,
            changed_at=now,
            **told,
        )
    ]
