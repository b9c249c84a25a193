"""Opt-outs that are not confirmed in time, or that nobody there is known for, told to people."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from connectors.sync.consent import claims
from integration.consent.models import ConsentAddress, Propagation
from integration.core import problems
from integration.core.problems import Finding, Problem, Subject

Step = Propagation.Step
OVERDUE = timedelta(minutes=30)
MOST = 500
_STEPS = {
    Step.WRITE: "it could not be written",
    Step.LEAVE: "a journey does not let the contact go",
    Step.CONFIRM: "it could not be read back",
}


@transaction.atomic
def report(target: str, after: timedelta = OVERDUE) -> int:
    """Files what is late, and closes what has been confirmed since. Answers how many are late."""
    now = timezone.now()
    late = _locked(
        claims.under_way()
        .filter(target=target, is_restriction=True, seen_at__lt=now - after)
        .order_by("reported_at", "pk")
    )
    nobody = _locked(
        Propagation.objects.filter(
            target=target, step=Step.NOBODY, is_restriction=True, reported_at__isnull=True
        )
    )
    healed = _locked(
        Propagation.objects.filter(target=target, step=Step.DONE, reported_at__isnull=False)
    )
    shown = _addresses([*late, *nobody, *healed])
    problems.report(
        [
            *(_finding(row, shown, _not_confirmed(row)) for row in late),
            *(_finding(row, shown, _unknown(row)) for row in nobody),
            *(_finding(row, shown, None) for row in healed),
        ]
    )
    told = [row.pk for row in (*late, *nobody)]
    Propagation.objects.filter(pk__in=told).update(reported_at=now)
    Propagation.objects.filter(pk__in=[row.pk for row in healed]).update(reported_at=None)
    return len(late)


def _locked(rows: QuerySet[Propagation]) -> list[Propagation]:
    return list(
        rows.select_related("event").select_for_update(skip_locked=True, of=["self"])[:MOST]
    )


def _not_confirmed(row: Propagation) -> Problem:
    system = row.get_target_display()
    why = _STEPS[Step(row.step)]
    return Problem(
        "opt_out_not_confirmed",
        f"{system} has not confirmed the {row.event.get_action_display().lower()}: {why}. "
        f"{row.last_error}".strip(),
        {"target": row.target, "cause": row.step},
    )


def _unknown(row: Propagation) -> Problem:
    return Problem(
        "consent_address_unknown",
        f"{row.get_target_display()} knows nobody by this address. It is suppressed here.",
        {"target": row.target, "cause": "nobody there"},
    )


def _finding(row: Propagation, shown: dict[str, str], problem: Problem | None) -> Finding:
    return Finding(
        subject=Subject(
            row.target,
            "consent",
            f"{row.event.event_id}"[:110],
            label=shown.get(row.event.address_hash, "")[:200],
        ),
        problems=(problem,) if problem else (),
        source=f"consent_to_{row.target}",
        healed_by="" if problem else "the confirmation of the other system",
    )


def _addresses(rows: list[Propagation]) -> dict[str, str]:
    hashes = {row.event.address_hash for row in rows}
    return dict(ConsentAddress.objects.filter(pk__in=hashes).values_list("address_hash", "address"))
