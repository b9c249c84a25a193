"""Compares contacts and accounts, and puts right what has drifted apart."""

from connectors.sync.contacts.comparing import Comparer
from connectors.sync.contacts.following import CUSTOMERS
from connectors.sync.contacts.views import Ground
from connectors.sync.context import Context
from connectors.sync.flow import Defaults, Flow
from connectors.sync.nudges import nudge
from connectors.sync.orders.world_loader import load_reference
from integration.accounts.roles import Role


class CompareContacts(Flow):
    slug = "compare_contacts"
    title = "Comparison of contacts and accounts"
    meaning = (
        "Compares every contact of Marketing Cloud with its account in Prima, field by field, as both "
        "were last read. What the field policy can heal is healed; the rest is shown as drift."
    )
    owner = Role.MARKETING
    systems = ()
    defaults = Defaults(batch_size=1_000, silent_after_minutes=26 * 60)

    def run(self, context: Context) -> None:
        Comparer.begun(context, Ground.of(load_reference())).compare()
        if context.run.sent:
            nudge(CUSTOMERS)
