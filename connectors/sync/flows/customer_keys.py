"""Stores each linked customer's key at the account in Prima."""

from connectors.errors import TransientError
from connectors.sync import claims
from connectors.sync.context import Context, Failure
from connectors.sync.flow import Defaults, Flow
from connectors.sync.identity import key_delivery
from connectors.sync.identity.key_delivery import Errand
from integration.accounts.roles import Role


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
        while not context.is_over():
            claim = claims.take(
                self.slug, context.owner, context.setting.batch_size, only=context.only
            )
            if not claim.items:
                return
            errands = key_delivery.errands(claim.items)
            wanted = {errand.item.pk for errand in errands}
            key_delivery.drop([item for item in claim.items if item.pk not in wanted])
            for errand in errands:
                if context.is_over() or not self._one(errand, context):
                    key_delivery.put_back(claim.items)
                    return
                claims.renew(claim)

    def _one(self, errand: Errand, context: Context) -> bool:
        """False when Prima does not answer: the others would fare alike."""
        prima = context.remotes.prima()
        answer = context.attempt(lambda: key_delivery.send(prima, errand))
        if isinstance(answer, Failure):
            context.keep_failure(answer)
        came = key_delivery.store(
            errand, answer, prima=prima, max_attempts=context.setting.max_attempts
        )
        context.count(seen=1, **{came: 1})
        context.beat()
        return not (isinstance(answer, Failure) and isinstance(answer.error, TransientError))
