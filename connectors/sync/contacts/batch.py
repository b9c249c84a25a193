"""One batch of contacts: looked at, compared with their accounts, and what follows sent to Prima."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from django.utils import timezone

from connectors.errors import CircuitOpen, MisconfiguredError, NotFound, RemoteError
from connectors.prima.port import Prima
from connectors.sync import claims
from connectors.sync.claims import Claim
from connectors.sync.contacts import (
    account_writes,
    as_buyer,
    leads,
    outcome,
    pairs,
    refusals,
    storing,
)
from connectors.sync.contacts.judging import judge
from connectors.sync.contacts.outcome import State, Work
from connectors.sync.contacts.pairs import Pair
from connectors.sync.contacts.views import Ground
from connectors.sync.context import Context, Failure
from connectors.sync.delivery.senders import Senders
from connectors.sync.orders import world_loader
from connectors.sync.orders.world import Reference, World
from connectors.sync.recorder import about
from integration.core.problems import Problem
from integration.records.customer import Customer

Result = TypeVar("Result")


@dataclass(slots=True)
class Batch:
    """Works off one claim. `end` is set when the flow has to stop calling Prima."""

    context: Context
    prima: Prima
    senders: Senders
    reference: Reference
    claim: Claim
    end: RemoteError | None = None
    _works: list[Work] = field(default_factory=list)

    def work_off(self) -> None:
        """Every claimed item has its outcome stored, whatever happens to single ones."""
        ground = Ground.of(self.reference)
        self._works = [Work(item) for item in self.claim.items]
        self._fetch()
        self._settle_doubts()
        self._look_at_strangers(ground)
        for work in self._going_on():
            if work.pair is not None and work.pair.account is not None:
                self._judge(work, ground)
        self._send()
        storing.store(self.context, self.claim, self._works, ground)
        self._count()

    def _going_on(self) -> list[Work]:
        return [work for work in self._works if work.goes_on]

    def _fetch(self) -> None:
        """What the mirror says; what took its workers down before is set aside."""
        found = {pair.key: pair for pair in pairs.load(work.key for work in self._works)}
        for work in self._works:
            work.pair = found.get(work.key)
            if claims.is_poison(work.item):
                work.hold([refusals.poisoned(work)], in_doubt=work.item.in_doubt)
            elif work.pair is None:
                work.goes_on = False  # Deleted since: there is nothing to bring anywhere.

    def _settle_doubts(self) -> None:
        """Asks Prima for accounts that may have been opened; they are kept when they are there."""
        doubtful = [work for work in self._going_on() if work.item.in_doubt]
        answers = self._each(doubtful, self._find)
        for work, answer in zip(doubtful, answers, strict=True):
            if isinstance(answer, Customer):
                work.answer, work.goes_on, work.state = answer, False, State.WAITING
            elif isinstance(answer, Failure):
                self._fail(work, answer)
                work.in_doubt = True

    def _look_at_strangers(self, ground: Ground) -> None:
        """Contacts without an account: those who are leads are checked, and an account is wanted."""
        now = timezone.now()
        strangers = [
            work
            for work in self._going_on()
            if work.pair is not None and work.pair.account is None and not work.pair.is_ambiguous
        ]
        wanted = [work for work in strangers if leads.is_wanted(work, ground.policy)]
        for work in strangers:
            work.goes_on = work in wanted
        for work in wanted:
            work.buyer = as_buyer.buyer(work.pair.contact, now) if work.pair else None
        buyers = [work.buyer for work in wanted if work.buyer is not None]
        world = world_loader.load(buyers, self.reference) if buyers else World(self.reference)
        taken = leads.accounts_by_number(wanted)
        for work in wanted:
            result = self.context.attempt(partial(leads.check, work, world, taken, ground))
            if isinstance(result, Failure):
                self.context.keep_failure(result)
                work.hold([refusals.unexpected(work, result)])

    def _judge(self, work: Work, ground: Ground) -> None:
        """What the pair asks for; fields that go to Prima are checked as an order's would be."""
        result = self.context.attempt(partial(self._judged, work, ground))
        if isinstance(result, Failure):
            self.context.keep_failure(result)
            work.hold([refusals.unexpected(work, result)])

    def _judged(self, work: Work, ground: Ground) -> None:
        pair = work.pair
        if pair is None or pair.customer is None:
            return
        work.verdicts = judge(pair, ground)
        upwards = [verdict for verdict in work.verdicts if verdict.goes_to("prima")]
        if not upwards:
            return
        problems, bad = self._problems(work, pair, {verdict.field for verdict in upwards})
        if problems:
            # What is wrong waits for a person; the other fields go their way.
            work.hold(problems)
            work.goes_on = True
            work.verdicts = [
                one for one in work.verdicts if one.field not in bad or not one.goes_to("prima")
            ]
        good = [verdict for verdict in upwards if verdict.field not in bad]
        if good:
            work.wanted, work.changed = account_writes.changed_account(
                pair.customer, good, pair.contact, ground
            )

    def _problems(
        self, work: Work, pair: Pair, fields: Collection[str]
    ) -> tuple[list[Problem], set[str]]:
        """What is wrong with the fields that would go to Prima, and which of them it concerns."""
        one = as_buyer.buyer(pair.contact, timezone.now())
        found = as_buyer.data_problems(one, World(self.reference), pair.customer)
        problems: list[Problem] = []
        bad: set[str] = set()
        for problem in (as_buyer.told(told, work.key) for told in found):
            concerned = {_group(pointer) for pointer in problem.pointers}.intersection(fields)
            if concerned:
                problems.append(problem)
                bad |= concerned
        return problems, bad

    def _send(self) -> None:
        """Opens accounts and changes them. That accounts will be opened is committed first."""
        wanted = [work for work in self._going_on() if work.wanted is not None]
        new = [work for work in wanted if work.is_new]
        ours = outcome.mark_sending(self.claim, new)
        jobs = [work for work in wanted if not work.is_new or work.item.pk in ours]
        answers = self._each(jobs, self._post)
        for work, answer in zip(jobs, answers, strict=True):
            if isinstance(answer, Customer):
                work.answer, work.state = answer, State.WAITING
            elif answer is None:
                work.wait(in_doubt=False)
            else:
                self._fail(work, answer)

    def _find(self, work: Work) -> Customer | Failure | None:
        """None when Prima positively has no account with the contact's key."""
        with about(work.item.pk):
            answer = self.context.attempt(
                partial(self.prima.customers_by_external, account_writes.SYSTEM, work.key)
            )
        missing = isinstance(answer, Failure) and isinstance(answer.error, NotFound)
        return None if missing else answer

    def _post(self, work: Work) -> Customer | Failure | None:
        """None when it was not tried: nothing was sent."""
        if self.end is not None or self.context.stopping.is_set() or work.wanted is None:
            return None
        wanted = work.wanted
        with about(work.item.pk):
            if work.is_new:
                key = account_writes.creation_key(wanted)
                answer = self.context.attempt(
                    partial(self.prima.create_customer, wanted, idempotency_key=key)
                )
            else:
                answer = self.context.attempt(
                    partial(self.prima.update_customer, wanted, changed=work.changed)
                )
        if isinstance(answer, Failure) and isinstance(
            answer.error, CircuitOpen | MisconfiguredError
        ):
            self.end = answer.error
        return answer

    def _fail(self, work: Work, failure: Failure) -> None:
        self.context.keep_failure(failure)
        refusals.failed(work, failure, self.context.setting.max_attempts, timezone.now())

    def _each(self, works: Sequence[Work], call: Callable[[Work], Result]) -> list[Result]:
        return self.senders.results(self.senders.begin(works, call), meanwhile=self._meanwhile)

    def _meanwhile(self) -> None:
        claims.renew(self.claim)
        self.context.beat()

    def _count(self) -> None:
        states = [work.state for work in self._works]
        self.context.count(
            seen=len(states),
            sent=sum(work.answer is not None for work in self._works),
            held=states.count(State.HELD),
            failed=sum(
                work.state == State.WAITING and bool(work.last_error) for work in self._works
            ),
        )
        self.context.beat()


def _group(pointer: str) -> str:
    """Which field of the policy a pointer into a contact is about."""
    name = pointer.removeprefix("/contact/")
    if name in ("line1", "line2", "line3", "city", "county", "postcode", "country"):
        return "address"
    return "name" if name in ("company_name", "first_name", "last_name") else name
