"""Keeps contacts and accounts in step, field by field, as the field policy says."""

from connectors.sync import claims
from connectors.sync.contacts import looking
from connectors.sync.contacts.batch import Batch
from connectors.sync.contacts.following import CUSTOMERS, decisions_made
from connectors.sync.contacts.views import Ground
from connectors.sync.context import Context
from connectors.sync.delivery.batch import due
from connectors.sync.delivery.senders import Senders
from connectors.sync.flow import Defaults, Flow
from connectors.sync.orders.world_loader import WorldCache
from connectors.sync.outgoing.sending import send
from integration.accounts.roles import Role
from integration.mapping.target_columns import PUT_BACK


class Customers(Flow):
    slug = CUSTOMERS
    title = "Customers between both systems"
    meaning = (
        "Opens accounts in Prima for leads, brings changes of contacts to Prima and changes of "
        "accounts to Marketing Cloud, field by field as the field policy says. What a field's owner "
        "did not change becomes a proposal; a lead that Prima could not take becomes a case."
    )
    owner = Role.MARKETING
    systems = ("prima", "sfmc")
    alone = False
    writes = ("contact", PUT_BACK)
    defaults = Defaults(batch_size=500, silent_after_minutes=30)

    def run(self, context: Context) -> None:
        claims.take_back(self.slug)
        decisions_made()
        prima, cache = context.remotes.prima(), WorldCache()
        context.total = due(self.slug) if context.only is None else len(context.only)
        with Senders(cache.reference().capabilities.limits.concurrency) as senders:
            while not context.is_over():
                size = context.setting.batch_size
                claim = claims.take(self.slug, context.owner, size, context.only)
                if not claim.items:
                    break
                batch = Batch(context, prima, senders, cache.reference(), claim)
                batch.work_off()
                context.recorder.flush()
                if batch.end is not None:
                    raise batch.end
        for part in self.writes:
            send(context, part)
        looking.look_again(Ground.of(cache.reference()))
