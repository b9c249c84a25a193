"""What a verdict means for the list of differences, and keeping that list page by page."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from connectors.sync.contacts.judging import Verdict
from connectors.sync.contacts.pairs import Pair
from connectors.sync.outgoing.row import OutgoingRow
from integration.core.problems import Finding, Problem, Subject
from integration.mapping.target_columns import PUT_BACK
from integration.ownership.deciding import WRITING, Step
from integration.ownership.fields import label_of
from integration.ownership.models import Drift, Keeper

State = Drift.State
CUSTOMER = "customer"
"""How cases name a customer whose data drifts apart."""
_MOST = 500
_LOST = frozenset({State.STUCK, State.GONE})


@dataclass(frozen=True, slots=True)
class Counted:
    """Of one page: differences that are new, and those that are gone."""

    found: int = 0
    healed: int = 0
    findings: tuple[Finding, ...] = ()


def of_pair(
    pair: Pair, verdicts: Iterable[Verdict], owners: Mapping[str, str], refused: Collection[str],
    under_way: Collection[str],
) -> list[Drift]:  # fmt: skip
    """One a field that differs. `under_way` are contacts to which rows are still going."""
    found: dict[str, Drift] = {}
    for verdict in verdicts:
        if verdict.step != Step.SETTLED:
            state = _state(pair, verdict, refused, under_way)
            found[verdict.field] = row(
                pair, verdict.field, (verdict.sfmc, verdict.prima), state, owners[verdict.field]
            )
    return list(found.values())


def row(
    pair: Pair, field: str, said: tuple[str, str], state: Drift.State, owner: str = ""
) -> Drift:
    return Drift(
        contact_key=pair.key,
        account_code=pair.account.account_code if pair.account else "",
        name=pair.name[:200],
        field=field,
        owner=owner,
        sfmc_value=said[0][:_MOST],
        prima_value=said[1][:_MOST],
        state=state,
    )


def rows_under_way(contact_keys: Sequence[str]) -> set[str]:
    """Contacts that Marketing Cloud has not confirmed yet."""
    waiting = OutgoingRow.objects.filter(part=PUT_BACK, key__in=contact_keys)
    return set(
        waiting.exclude(content_hash=F("confirmed_hash"))
        .filter(refused_hash="")
        .values_list("key", flat=True)
    )


def keep(contact_keys: Collection[str], found: Sequence[Drift], now: datetime) -> Counted:
    """The open differences of these contacts are these and no others, in the caller's transaction."""
    known = {
        (one.contact_key, one.field): one
        for one in Drift.objects.filter(contact_key__in=contact_keys, healed_at__isnull=True)
    }
    wanted = {(one.contact_key, one.field): one for one in found}
    new: list[Drift] = []
    kept: list[Drift] = []
    findings = [
        _over(one)
        for key, one in known.items()
        if one.state in _LOST and (key not in wanted or wanted[key].state not in _LOST)
    ]
    for key, one in wanted.items():
        before = known.get(key)
        one.first_seen_at = before.first_seen_at if before else now
        one.last_seen_at = now
        one.pk = before.pk if before else None
        (kept if before else new).append(one)
    Drift.objects.bulk_create(new)
    Drift.objects.bulk_update(
        kept,
        ["account_code", "name", "owner", "sfmc_value", "prima_value", "state", "last_seen_at"],
    )
    healed = [one.pk for key, one in known.items() if key not in wanted]
    Drift.objects.filter(pk__in=healed).update(healed_at=now, last_seen_at=now)
    findings += [_lost(one) for one in found if one.state in _LOST]
    return Counted(len(new), len(healed), _by_customer(findings))


def _state(
    pair: Pair, verdict: Verdict, refused: Collection[str], under_way: Collection[str]
) -> Drift.State:
    if verdict.step == Step.PROPOSE or (verdict.step == Step.WAIT and verdict.field in pair.asked):
        return State.PROPOSED
    if verdict.step == Step.STUCK and pair.key not in under_way:
        return State.STUCK
    if verdict.step in WRITING and verdict.decision.target == "sfmc" and pair.key in refused:
        return State.CONSENT
    return State.UNDER_WAY


def _by_customer(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """A finding is all that is wrong with a customer: its problems come together."""
    together: dict[str, Finding] = {}
    for finding in findings:
        key = finding.subject.external_id
        before = together.get(key)
        problems = (*(before.problems if before else ()), *finding.problems)
        together[key] = Finding(finding.subject, problems, finding.source, finding.source_payload,
                                healed_by=finding.healed_by)  # fmt: skip
    return tuple(together.values())


def _subject(one: Drift) -> Subject:
    label = f"{one.contact_key} {one.name}".strip()[:200]
    return Subject("desk", CUSTOMER, one.contact_key, label=label)


def _over(one: Drift) -> Finding:
    return Finding(_subject(one), (), "compare_contacts", healed_by="both systems saying the same")


def _lost(one: Drift) -> Finding:
    facts = {
        "contact_key": one.contact_key,
        "account": one.account_code,
        "name": one.name,
        "field": one.field,
    }
    if one.state == State.GONE:
        side = "Marketing Cloud" if one.field == "contact" else "Prima"
        message = f"{one.name or one.contact_key} is no longer there in {side}."
    else:
        keeper = Keeper(one.owner).label if one.owner else "its owner"
        message = (
            f"{label_of(one.field)} of {one.name or one.contact_key}: {keeper} keeps it, but what the "
            "desk wrote to the other side did not hold."
        )
    payload = {"field": one.field, "sfmc": one.sfmc_value, "prima": one.prima_value}
    problem = Problem("contact_drift", message, facts)
    return Finding(_subject(one), (problem,), "compare_contacts", source_payload=payload)
