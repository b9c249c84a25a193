"""Reads what Prima has: its abilities and codes, its items and its customers."""

from connectors.sync.context import Context
from connectors.sync.flow import Defaults, Flow
from connectors.sync.reference.codes import keep_capabilities, keep_codes, nudge_all_held
from connectors.sync.reference.customers import CustomerShelf
from connectors.sync.reference.feed import follow
from connectors.sync.reference.mappings import follow_mappings
from connectors.sync.reference.products import ItemShelf
from integration.accounts.roles import Role


class PrimaReference(Flow):
    slug = "prima_reference"
    title = "Reference data from Prima"
    meaning = (
        "Reads customers, items and codes from Prima as they change, so that orders are checked "
        "against what Prima has now. Held orders that a change may heal are tried again."
    )
    owner = Role.ADMIN
    systems = ("prima",)
    defaults = Defaults(silent_after_minutes=20)

    def run(self, context: Context) -> None:
        prima = context.remotes.prima()
        changed = keep_capabilities(prima.capabilities())
        if keep_codes(prima.references()) or changed:
            nudge_all_held("a change of Prima's codes")
        follow_mappings()
        follow(ItemShelf(prima), context)
        follow(CustomerShelf(prima), context)
