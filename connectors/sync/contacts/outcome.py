"""What became of one contact in a batch, and writing that down for all of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection as database
from django.utils import timezone

from connectors.sync.claims import Claim
from connectors.sync.contacts.judging import Verdict
from connectors.sync.contacts.pairs import Pair
from connectors.sync.models import SyncItem
from integration.core.problems import Finding, Problem, Subject
from integration.records.campaign_order import CampaignOrder
from integration.records.customer import Customer

State = SyncItem.State
CONTACT = "contact"
"""How cases name a contact."""
# A contact that changed after its claim was judged by what has been overtaken: it waits again.
_OUTCOMES = """
UPDATE sync_syncitem AS item
SET state = CASE WHEN item.changed_at > %s THEN 'waiting' ELSE told.state END,
    not_before = CASE WHEN item.changed_at > %s THEN %s ELSE told.not_before END,
    in_doubt = told.in_doubt, attempts = told.attempts, crashes = told.crashes,
    last_error = told.last_error, lease_owner = '', lease_until = NULL, changed_at = %s
FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::boolean[], %s::int[], %s::int[],
            %s::text[]) AS told (id, state, not_before, in_doubt, attempts, crashes, last_error)
WHERE item.id = told.id AND item.lease_owner = %s
RETURNING item.id
"""
_SENDING = """
UPDATE sync_syncitem SET state = 'sending', in_doubt = true
WHERE id = ANY(%s) AND lease_owner = %s AND state = 'working' RETURNING id
"""


@dataclass(slots=True)
class Work:
    """One contact on its way. `wanted` is the account as it shall be, `changed` its members."""

    item: SyncItem
    pair: Pair | None = None
    buyer: CampaignOrder | None = None
    verdicts: list[Verdict] = field(default_factory=list)
    wanted: Customer | None = None
    changed: list[str] = field(default_factory=list)
    answer: Customer | None = None
    state: State = State.SENT
    problems: list[Problem] = field(default_factory=list)
    not_before: datetime | None = None
    last_error: str = ""
    in_doubt: bool = False
    attempts: int = 0
    crashes: int = 0
    goes_on: bool = True

    @property
    def key(self) -> str:
        return self.item.external_id

    @property
    def is_new(self) -> bool:
        return self.wanted is not None and not self.wanted.id

    def hold(self, problems: Sequence[Problem], *, in_doubt: bool = False) -> None:
        """A person must act."""
        self.problems = list(problems)
        self.state, self.goes_on, self.in_doubt = State.HELD, False, in_doubt
        self.last_error = " ".join(problem.message for problem in problems)[:2_000]

    def wait(self, why: str = "", *, until: datetime | None = None, in_doubt: bool = False) -> None:
        """It is taken up again later; no attempt is counted here."""
        self.state, self.goes_on, self.in_doubt = State.WAITING, False, in_doubt
        self.not_before, self.last_error = until, why
        self.attempts, self.crashes = max(self.attempts, self.item.attempts), self.item.crashes

    @property
    def finding(self) -> Finding | None:
        """What to report: problems, or that they are over."""
        was_in_trouble = bool(self.item.last_error or self.item.crashes)
        is_told = self.state != State.WAITING or self.answer is not None
        if not is_told or not (self.problems or was_in_trouble):
            return None
        return Finding(
            subject=subject_of(self.key, self.pair.contact.name if self.pair else ""),
            problems=tuple(self.problems),
            source="customers",
            source_payload={"contact": self.pair.contact.data} if self.pair else None,
            healed_by=self.item.reason,
        )


def subject_of(key: str, name: str) -> Subject:
    return Subject("sfmc", CONTACT, key, label=f"{key} {name}".strip()[:200])


def mark_sending(claim: Claim, works: Sequence[Work]) -> set[int]:
    """Commits that accounts are about to be opened for these; answers those still ours."""
    if not works:
        return set()
    with database.cursor() as cursor:
        cursor.execute(_SENDING, [[one.item.pk for one in works], claim.owner])
        return {row[0] for row in cursor.fetchall()}


def write(claim: Claim, works: Sequence[Work]) -> set[int]:
    """In the caller's transaction; answers the items that were still ours."""
    now = timezone.now()
    columns: list[list[Any]] = [
        [one.item.pk for one in works],
        [one.state.value for one in works],
        [one.not_before or now for one in works],
        [one.in_doubt for one in works],
        [one.attempts for one in works],
        [one.crashes for one in works],
        [one.last_error for one in works],
    ]
    with database.cursor() as cursor:
        cursor.execute(_OUTCOMES, [claim.at, claim.at, now, now, *columns, claim.owner])
        return {row[0] for row in cursor.fetchall()}
