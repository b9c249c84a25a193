"""Writes what a batch came to: items, what is settled, proposals, rows to go, accounts, cases."""

import copy
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone

from connectors.prima.port import Change
from connectors.sync.claims import Claim
from connectors.sync.contacts import judging, outcome, proposing, refusals, rows_written
from connectors.sync.contacts.outcome import Work
from connectors.sync.contacts.pairs import Pair
from connectors.sync.contacts.views import Ground
from connectors.sync.context import Context, Failure
from connectors.sync.outgoing.row import OutgoingRow
from connectors.sync.outgoing.staging import stage
from connectors.sync.reference.customers import CustomerShelf
from integration.consent import suppression
from integration.core import problems
from integration.identity import keys
from integration.identity.models import CustomerLink
from integration.mapping.target_columns import PUT_BACK
from integration.ownership.deciding import WRITING, Step
from integration.ownership.models import Standing
from integration.records.audience import Audience, Recipient

AUDIENCE = "contact"
CHANNEL, PURPOSE = "email", "marketing"


def store(context: Context, claim: Claim, works: Sequence[Work], ground: Ground) -> None:
    """Addresses of contacts are written to Marketing Cloud first; the rest commits together."""
    now = timezone.now()
    judged = [work for work in works if work.goes_on and work.verdicts and work.answer is None]
    answered = [work for work in works if work.answer is not None]
    uids = _uids([work.key for work in judged])
    rows = {
        work.key: rows_written.audience_row(work.pair, ground, uids.get(work.key, ""))
        for work in judged
        if work.pair is not None
    }
    cleared = _cleared(rows)
    _write_addresses(context, judged, cleared, now)
    judged = [work for work in judged if work.goes_on]
    with transaction.atomic():
        standings = [
            standing
            for work in [*judged, *answered]
            if work.pair is not None
            and work.verdicts
            and (standing := _noted(work, work.pair, cleared, now))
        ]
        _keep_accounts(context, answered)
        proposing.keep([work for work in works if work.goes_on], now)
        _stage(judged, rows, cleared, ground, now)
        Standing.objects.bulk_create(
            standings,
            update_conflicts=True,
            unique_fields=["contact_key"],
            update_fields=["account_code", "known", "written", "hub", "changed_at"],
        )
        stored = outcome.write(claim, works)
        findings = [work.finding for work in works if work.item.pk in stored]
        problems.report([found for found in findings if found is not None])


def _write_addresses(
    context: Context, works: Sequence[Work], cleared: Audience, now: datetime
) -> None:
    """The contact itself, not only its row: one call for each whose address is another."""
    for work in works:
        told = [one for one in work.verdicts if one.field == "email" and one.goes_to("sfmc")]
        if not told or work.key not in cleared.cleared:
            continue
        save = context.remotes.sfmc().contacts.save
        answer = context.attempt(partial(save, work.key, told[0].value, cleared))
        if isinstance(answer, Failure):
            context.keep_failure(answer)
            refusals.failed(work, answer, context.setting.max_attempts, now)


def recipient_of(row: rows_written.AudienceRow) -> Recipient:
    """Whom an audience row would let somebody write to."""
    told = {
        name: str(row.get(name) or "") for name in ("key", "email", "mobile", "phone", "customer")
    }
    return Recipient(**told)


def _cleared(rows: dict[str, rows_written.AudienceRow]) -> Audience:
    return suppression.allowed([recipient_of(row) for row in rows.values()], CHANNEL, PURPOSE)


def _uids(contact_keys: Sequence[str]) -> dict[str, str]:
    """The durable key of each contact that has one."""
    links = CustomerLink.objects.filter(system=keys.SFMC, key__in=contact_keys)
    found = links.exclude(state=keys.RETIRED).values_list("key", "customer_id")
    return {key: str(uid) for key, uid in found}


def _noted(work: Work, pair: Pair, cleared: Audience, now: datetime) -> Standing | None:
    """What is known and written from now on; None when nothing about it is news."""
    before = copy.deepcopy((pair.standing.known, pair.standing.written, pair.standing.hub))
    answered, is_cleared = work.answer is not None, pair.key in cleared.cleared
    written = {"hub": True, "prima": answered, "sfmc": is_cleared and not answered}
    for verdict in work.verdicts:
        if verdict.step == Step.SETTLED:
            judging.settle(pair, verdict)
        elif verdict.step == Step.PROPOSE:
            judging.note_asked(pair, verdict)
        elif verdict.step in WRITING and written[verdict.decision.target]:
            judging.note_written(pair, verdict, now)
    after = (pair.standing.known, pair.standing.written, pair.standing.hub)
    if pair.standing.pk and after == before:
        return None
    pair.standing.changed_at = now
    return pair.standing


def _keep_accounts(context: Context, answered: Sequence[Work]) -> None:
    """What Prima answered is in the mirror at once; a new account is the contact's."""
    accounts = [work.answer for work in answered if work.answer is not None]
    changes = tuple(Change("upsert", one.id, one.version, one) for one in accounts)
    CustomerShelf(context.remotes.prima()).write(changes)
    for work in answered:
        if work.answer is not None and (work.pair is None or work.pair.account is None):
            keys.link(work.key, work.answer.account_code, method="lead", actor=None)


def _stage(
    works: Sequence[Work],
    rows: dict[str, rows_written.AudienceRow],
    cleared: Audience,
    ground: Ground,
    now: datetime,
) -> None:
    """Rows of those the gate cleared; what waited to go for the others goes no more."""
    stage(AUDIENCE, [row for key, row in rows.items() if key in cleared.cleared])
    refused = [key for key in rows if key not in cleared.cleared]
    OutgoingRow.objects.filter(part__in=[AUDIENCE, PUT_BACK], key__in=refused).delete()
    back = []
    for work in works:
        down = [verdict for verdict in work.verdicts if verdict.goes_to("sfmc")]
        if down and work.pair is not None and work.key in cleared.cleared:
            back.append(rows_written.put_back(work.pair, down, ground, now))
    if back:
        stage(PUT_BACK, rows_written.with_unsent(back))
