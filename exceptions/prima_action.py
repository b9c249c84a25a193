"""Actions that write to Prima: an intention first, the call in no transaction, then the outcome.

The intention is a job. When the worker dies between the call and storing its outcome, or Prima does
not answer, the job is taken up again: creating carries an idempotency key, and changing reads the
record first, so that doing it twice has its effect once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import structlog
from django.db import transaction
from django.utils import timezone

from connectors.errors import Rejected, RemoteError, Stale, TransientError
from connectors.prima.port import Prima
from connectors.sync import connections
from exceptions import jobs, lifecycle
from exceptions.action import Action, Done
from exceptions.models import BulkJob, ExceptionCase
from exceptions.problems import PrimaRefused
from exceptions.words import counted
from integration.accounts.models import User
from integration.audit import trail
from integration.core.personal import PERSONAL, masked_payload

_PERSONAL = PERSONAL | {"account_name", "number"}
LATER = "{} does not answer just now. The desk goes on trying; you need not do it again."
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of Prima. `request` is all that `send` and `store` need, as JSON."""

    title: str
    request: Mapping[str, Any]
    orders: Sequence[str]


class PrimaAction(Action):
    """`send` calls Prima, `store` keeps what it answered; both may run again after a crash.

    `system` is who is called, in words. `goes_on_with` says what the rows of its wish are, "orders"
    or "contacts", which are tried again afterwards.
    """

    did: ClassVar[str]
    """What the audit trail calls it; the values are kept there masked."""
    system: ClassVar[str] = "Prima"
    goes_on_with: ClassVar[str] = "orders"

    def send(self, prima: Prima, request: Mapping[str, Any], key: str) -> Any:
        """Calls Prima. `key` is the idempotency key. Runs in no transaction."""
        raise NotImplementedError

    def store(self, request: Mapping[str, Any], answer: Any, *, actor: User) -> str:
        """Keeps the answer in the caller's transaction; says what heals: "creating item X"."""
        raise NotImplementedError

    def ask(self, case: ExceptionCase, wish: Wish, *, actor: User, version: int | None) -> Done:
        """Writes the intention, calls Prima and goes on with the orders behind the case."""
        with transaction.atomic():
            lifecycle.act(case, wish.title, actor=actor, version=version)
            job = BulkJob.objects.create(
                title=wish.title[:250],
                action=self.slug,
                payload={
                    "step": "prima",
                    "request": dict(wish.request),
                    "rows": list(wish.orders),
                },
                actor=actor,
                case=case,
                created_at=timezone.now(),
                lease_until=timezone.now() + jobs.LEASE,
            )
        return self.carry_on(job)

    def carry_on(self, job: BulkJob) -> Done:
        """Calls Prima for the intention and stores the outcome; the orders follow in background."""
        try:
            prima = connections.prima()
            answer = self.send(prima, job.payload["request"], f"desk-{self.slug}-{job.pk}")
        except TransientError as error:
            jobs.postpone(job)
            log.warning("no answer", job=job.pk, error=str(error))
            return Done(LATER.format(self.system), job)
        except RemoteError as error:
            why = _why(error, self.system)
            jobs.fail(job, why)
            raise PrimaRefused(why) from error
        return self._keep(job, answer)

    def _keep(self, job: BulkJob, answer: Any) -> Done:
        actor = job.actor
        if actor is None:
            raise PrimaRefused("The person who asked for this is not known any more.")
        with transaction.atomic():
            reason = self.store(job.payload["request"], answer, actor=actor)
            asked = masked_payload(job.payload["request"], _PERSONAL)
            trail.record(self.did, actor=actor, target=job.case, **asked)
            jobs.go_on_with(job, reason, self.goes_on_with)
        what = counted(len(job.payload["rows"]), self.goes_on_with.removesuffix("s"))
        return Done(f"Done in {self.system}. Trying {what} again in the background.", job=job)


def _why(error: RemoteError, system: str) -> str:
    if isinstance(error, Stale):
        return "Somebody changed the account in Prima at the same moment. Look at it and repeat."
    if isinstance(error, Rejected) and error.issues:
        return f"{system} refused it: " + " ".join(issue.message for issue in error.issues)
    return f"{system} did not take it: {error.message}"
