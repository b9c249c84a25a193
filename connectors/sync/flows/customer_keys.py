"""Stores each linked customer's key at the account in Prima."""

from collections.abc import Callable

from connectors.errors import RemoteError, Stale, TransientError
from connectors.prima.port import Prima
from connectors.sync import claims
from connectors.sync.claims import Claim
from connectors.sync.context import Context, Failure
from connectors.sync.flow import Defaults, Flow
from connectors.sync.identity import key_delivery
from connectors.sync.identity.key_delivery import Errand
from integration.accounts.roles import Role
from integration.records.customer import Customer

Send = Callable[[Prima, Errand], Customer]


class CustomerKeys(Flow):
    slug = key_delivery.FLOW
    title = "Customer keys to Prima"
    meaning = (
        "Stores the key of each linked customer at the account in Prima, so that both systems "
        "carry the same key. An account that cannot hold it becomes a case."
    )
    owner = Role.OPERATIONS
    systems = ("prima",)
    alone = False
    defaults = Defaults(batch_size=50, silent_after_minutes=180)

    def run(self, context: Context) -> None:
        claims.take_back(self.slug)
        key_delivery.enqueue()
        at_once = key_delivery.at_once(context.setting)
        while not context.is_over():
            claim = claims.take(
                self.slug, context.owner, context.setting.batch_size, only=context.only
            )
            if not claim.items:
                return
            errands = key_delivery.errands(claim.items)
            wanted = {errand.item.pk for errand in errands}
            key_delivery.drop([item for item in claim.items if item.pk not in wanted])
            for first in range(0, len(errands), at_once):
                some = errands[first : first + at_once]
                if context.is_over() or not self._together(some, claim, context):
                    key_delivery.put_back(claim.items)
                    return
                claims.renew(claim)

    def _together(self, errands: list[Errand], claim: Claim, context: Context) -> bool:
        """False when Prima does not answer: the others would fare alike.

        When a call for many is not answered, nothing is known of any of them. Each then goes by
        itself, so that one that Prima cannot cope with holds up nobody else.
        """
        if len(errands) == 1:
            return self._one(errands[0], context, key_delivery.send)
        prima = context.remotes.prima()
        answers = context.attempt(lambda: key_delivery.send_together(prima, errands))
        if isinstance(answers, Failure):
            context.keep_failure(answers)
            return self._one_by_one(errands, claim, context, key_delivery.send)
        both = list(zip(errands, answers, strict=True))
        taken = [(errand, held) for errand, held in both if isinstance(held, Customer)]
        key_delivery.store_taken(taken, prima=prima)
        context.count(seen=len(taken), sent=len(taken))
        refused = [(errand, error) for errand, error in both if isinstance(error, RemoteError)]
        goes_on = [
            self._stored(errand, Failure(error), context)
            for errand, error in refused
            if not isinstance(error, Stale)
        ]
        stale = [errand for errand, error in refused if isinstance(error, Stale)]
        return all(goes_on) and self._one_by_one(stale, claim, context, key_delivery.send_afresh)

    def _one_by_one(
        self, errands: list[Errand], claim: Claim, context: Context, send: Send
    ) -> bool:
        for errand in errands:
            if context.is_over() or not self._one(errand, context, send):
                return False
            claims.renew(claim)
        return True

    def _one(self, errand: Errand, context: Context, send: Send) -> bool:
        prima = context.remotes.prima()
        return self._stored(errand, context.attempt(lambda: send(prima, errand)), context)

    def _stored(self, errand: Errand, answer: Customer | Failure, context: Context) -> bool:
        if isinstance(answer, Failure):
            context.keep_failure(answer)
        came = key_delivery.store(
            errand,
            answer,
            prima=context.remotes.prima(),
            max_attempts=context.setting.max_attempts,
        )
        context.count(seen=1, **{came: 1})
        context.beat()
        return not (isinstance(answer, Failure) and isinstance(answer.error, TransientError))
