"""Runs the checks of a campaign in the background: begun by a person, taken up again when lost."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from itertools import islice

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django_q.tasks import async_task

from connectors.errors import RemoteError
from connectors.sync import connections
from exceptions.preflight import audience
from exceptions.preflight.check import Check, Found, checks
from exceptions.preflight.ground import Ground, lay, with_problems
from exceptions.preflight.models import (
    Preflight,
    PreflightFinding,
    PreflightResult,
    PreflightRun,
    Verdict,
)
from exceptions.preflight.plan import as_data, plan_from
from exceptions.problems import Refused
from exceptions.storable import payload as storable
from exceptions.storable import text
from integration.accounts.models import User
from integration.audit import trail

LEASE = timedelta(minutes=5)
MOST_TRIES = 3
BATCH = 1_000
State = PreflightRun.State


def begin(preflight: Preflight, *, actor: User) -> PreflightRun:
    """Writes the run and its task together. Raises Refused while another run goes on."""
    with transaction.atomic():
        row = Preflight.objects.select_for_update().get(pk=preflight.pk)
        if row.runs.filter(state__in=[State.WAITING, State.RUNNING]).exists():
            raise Refused("This campaign is being checked already.")
        last = row.runs.aggregate(last=Max("number"))["last"] or 0
        run = PreflightRun.objects.create(
            preflight=row,
            number=last + 1,
            plan=as_data(row),
            started_by=actor,
            started_by_name=text(str(actor), 150),
            created_at=timezone.now(),
        )
        trail.record("campaign checked", actor=actor, target=row, run=run.number)
        async_task("exceptions.preflight.tasks.check", run.pk)
    return run


def claim(pk: int) -> PreflightRun | None:
    """The run, this worker's for a while; None when it is done or somebody else's."""
    now = timezone.now()
    with transaction.atomic():
        run = (
            PreflightRun.objects.select_for_update(skip_locked=True)
            .filter(pk=pk, state__in=[State.WAITING, State.RUNNING])
            .filter(Q(lease_until__isnull=True) | Q(lease_until__lt=now))
            .first()
        )
        if run is None:
            return None
        run.state, run.lease_until, run.tries = State.RUNNING, now + LEASE, run.tries + 1
        run.save(update_fields=["state", "lease_until", "tries"])
        run.findings.all().delete()
        run.results.all().delete()
    if run.tries > MOST_TRIES:
        _finish(run, State.FAILED, message="It stopped every time, so it was given up.")
        return None
    return run


def lost() -> list[int]:
    """Runs whose worker died, or whose task was lost."""
    now = timezone.now()
    waiting = Q(state=State.WAITING, created_at__lt=now - LEASE)
    dead = Q(state=State.RUNNING, lease_until__lt=now)
    return list(PreflightRun.objects.filter(waiting | dead).values_list("pk", flat=True))


def work_off(run: PreflightRun) -> None:
    """All checks of a claimed run. What the systems refuse is told in the run."""
    try:
        _check(run)
    except RemoteError as error:
        _finish(run, State.FAILED, message=error.message)


def _check(run: PreflightRun) -> None:
    plan = plan_from(run.plan)
    client = connections.sfmc()
    try:
        ground = lay(plan, connections.prima())
        members, counts = checks(), Counter[tuple[str, str]]()
        if plan.audience:
            for page in audience.pages(client, plan.audience):
                people = with_problems(ground, page)
                ground.contacts += len(people)
                for check in members:
                    _keep(run, check, check.people(ground, people), counts)
                _beat(run, ground.contacts)
        for check in members:
            _keep(run, check, check.goods(ground), counts)
    finally:
        client.close()
    _conclude(run, members, ground, counts)


def _keep(
    run: PreflightRun, check: Check, found: Iterable[Found], counts: Counter[tuple[str, str]]
) -> None:
    rest = iter(found)
    while some := list(islice(rest, BATCH)):
        PreflightFinding.objects.bulk_create(_row(run, check, one) for one in some)
        counts.update((check.slug, str(one.severity)) for one in some)


def _row(run: PreflightRun, check: Check, found: Found) -> PreflightFinding:
    return PreflightFinding(
        run=run,
        check_slug=check.slug,
        severity=found.severity,
        subject=text(found.subject, 120),
        label=text(found.label, 200),
        code=found.code,
        message=text(found.message, 2_000),
        impersonal=text(found.impersonal or found.message, 2_000),
        facts=storable(dict(found.facts)),
    )


def _beat(run: PreflightRun, contacts: int) -> None:
    PreflightRun.objects.filter(pk=run.pk).update(
        contacts=contacts, lease_until=timezone.now() + LEASE
    )


def _conclude(
    run: PreflightRun, members: list[Check], ground: Ground, counts: Counter[tuple[str, str]]
) -> None:
    results = [_result(run, check, ground, counts) for check in members]
    worst = {str(result.verdict) for result in results}
    with transaction.atomic():
        PreflightResult.objects.bulk_create(results)
        run.contacts = ground.contacts
        verdict = next(
            one for one in (Verdict.NO_GO, Verdict.CARE, Verdict.GO) if one.value in worst
        )
        _finish(run, State.DONE, verdict=verdict)


def _result(
    run: PreflightRun, check: Check, ground: Ground, counts: Counter[tuple[str, str]]
) -> PreflightResult:
    stops, cares = counts[check.slug, Verdict.NO_GO], counts[check.slug, Verdict.CARE]
    verdict = Verdict.NO_GO if stops else Verdict.CARE if cares else Verdict.GO
    sentence = check.summary(ground, stops, cares) if stops or cares else check.well(ground)
    if check.on_audience and not ground.plan.audience:
        sentence = "No audience was named, so nobody was looked at."
    return PreflightResult(
        run=run,
        check_slug=check.slug,
        verdict=verdict,
        sentence=text(sentence, 300),
        figures=[[figure.name, figure.value] for figure in check.figures(ground)],
        findings_count=stops + cares,
    )


def _finish(run: PreflightRun, state: State, *, verdict: str = "", message: str = "") -> None:
    run.state, run.verdict, run.message = state, verdict, message
    run.finished_at, run.lease_until = timezone.now(), None
    run.save(
        update_fields=["state", "verdict", "message", "finished_at", "lease_until", "contacts"]
    )
