"""One linking of the whole estate, from a look without consequences to links and a report."""

from collections.abc import Callable
from time import monotonic

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from connectors.sync.identity.estate import deciding, pairs, staging, writing
from integration.accounts.models import User
from integration.audit import trail
from integration.identity.models import LinkOutcome, LinkRun

State = LinkRun.State
Tell = Callable[[str], None]
_LOCK = 7_260_133  # Any constant: it names the lock of the one that links.
_TABLES = "estate_contact, estate_account, estate_pair, estate_verdict, estate_near, estate_owner"


class AlreadyLinking(Exception):
    """A linking waits or runs. `message` is for people."""

    message = "A linking waits or runs already. Its report appears when it is done."


def ask(*, is_dry: bool, by: User | None = None, name: str = "") -> LinkRun:
    """A linking that waits to be run. Raises AlreadyLinking."""
    _close_lost()
    try:
        with transaction.atomic():
            return LinkRun.objects.create(
                is_dry=is_dry,
                started_by=(name or str(by or trail.SYSTEM))[:150],
                started_at=timezone.now(),
            )
    except IntegrityError as taken:
        raise AlreadyLinking from taken


def run(row: LinkRun, *, tell: Tell = lambda _: None) -> LinkRun:
    """Runs it, whoever asks twice. One that broke off is taken up from the start: nothing was
    written but what a second run finds done.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return row
    try:
        _run(row, tell)
    except BaseException:
        _fail(row, "It broke off. Nothing is half done; start it again.")
        raise
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {_TABLES}; RESET work_mem")
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    return row


def _run(row: LinkRun, tell: Tell) -> None:
    row.refresh_from_db()
    if row.state in (State.DONE, State.FAILED):
        return
    begun = monotonic()
    row.state = State.RUNNING
    row.save(update_fields=["state"])
    _look(tell)
    with transaction.atomic():
        if not row.is_dry:
            tell("writing links")
            writing.links(row)
        writing.outcomes(row)
    if not row.is_dry:
        tell("offering what is likely")
        writing.offers()
    _finish(row, monotonic() - begun)


def _look(tell: Tell) -> None:
    seen = 0

    def beat(rows: int) -> None:
        nonlocal seen
        seen += rows
        tell(f"{seen:,} records")

    staging.stage(beat)
    tell("finding pairs")
    pairs.find()
    seen = 0
    deciding.decide_all(beat)


def _finish(row: LinkRun, seconds: float) -> None:
    alone = row.outcomes.filter(outcome=LinkOutcome.Outcome.ACCOUNT_ALONE).count()
    row.figures = {
        **writing.figures(),
        "accounts_alone": alone,
        "milliseconds": round(seconds * 1000),
    }
    row.state, row.finished_at = State.DONE, timezone.now()
    with transaction.atomic():
        row.save(update_fields=["figures", "state", "finished_at"])
        if not row.is_dry:
            trail.record(
                "customers linked in bulk", actor=None, actor_name=row.started_by, target=row,
                **row.figures,
            )  # fmt: skip


def _fail(row: LinkRun, why: str) -> None:
    LinkRun.objects.filter(pk=row.pk).exclude(state=State.DONE).update(
        state=State.FAILED, finished_at=timezone.now(), message=why
    )


def _close_lost() -> None:
    """A linking whose worker was killed never says so; its lock is free then."""
    running = LinkRun.objects.filter(state=State.RUNNING).first()
    if running is None:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if cursor.fetchone()[0]:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
            _fail(running, "Its worker was lost. Nothing is half done; start it again.")
