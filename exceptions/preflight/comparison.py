"""What changed between two runs of the checks of one campaign."""

from dataclasses import dataclass

from django.db.models import Case, Count, Exists, OuterRef, QuerySet, When

from exceptions.preflight.check import checks
from exceptions.preflight.models import PreflightFinding, PreflightRun, Verdict


@dataclass(frozen=True, slots=True)
class Change:
    """Of one check: how many findings are new, gone, and the same as before."""

    new: int = 0
    gone: int = 0
    same: int = 0


def before(run: PreflightRun) -> PreflightRun | None:
    """The finished run this one is compared with."""
    return (
        run.preflight.runs.filter(number__lt=run.number, state=PreflightRun.State.DONE)
        .order_by("-number")
        .first()
    )


def changes(run: PreflightRun, earlier: PreflightRun) -> dict[str, Change]:
    """By check; in two queries, however many findings there are."""
    now, gone = _counted(new(run, earlier)), _counted(new(earlier, run))
    all_now = _counted(run.findings.order_by())
    slugs = {*now, *gone, *all_now}
    return {
        slug: Change(
            new=now.get(slug, 0),
            gone=gone.get(slug, 0),
            same=all_now.get(slug, 0) - now.get(slug, 0),
        )
        for slug in slugs
    }


def new(run: PreflightRun, earlier: PreflightRun) -> QuerySet[PreflightFinding]:
    """The findings that the earlier run did not have."""
    same = PreflightFinding.objects.filter(
        run=earlier,
        check_slug=OuterRef("check_slug"),
        subject=OuterRef("subject"),
        code=OuterRef("code"),
    )
    return run.findings.filter(~Exists(same))


def worst_first(found: QuerySet[PreflightFinding]) -> QuerySet[PreflightFinding]:
    """What stops the campaign, then the rest; each by the order of the checks."""
    order = [When(check_slug=check.slug, then=check.order) for check in checks()]
    return found.alias(
        stops=Case(When(severity=Verdict.NO_GO, then=0), default=1),
        place=Case(*order, default=1_000),
    ).order_by("stops", "place", "pk")


def _counted(found: QuerySet[PreflightFinding]) -> dict[str, int]:
    rows = found.order_by().values_list("check_slug").annotate(Count("pk"))
    return dict(rows)
