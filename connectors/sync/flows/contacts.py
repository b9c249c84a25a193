"""Reads contacts and leads from Marketing Cloud as they come and change."""

from connectors.sync.contacts.following import CUSTOMERS, contacts_changed
from connectors.sync.contacts.reading import CHANGED, Reader
from connectors.sync.context import Context
from connectors.sync.flow import Defaults, Flow
from connectors.sync.nudges import nudge
from connectors.sync.source_tables import SourceTables
from integration.accounts.roles import Role


class Contacts(Flow):
    slug = CHANGED
    title = "Contacts from Marketing Cloud"
    meaning = (
        "Reads new and changed contacts and leads, with whether they are subscribed. Once a day it "
        "reads them all, and notices those that were deleted."
    )
    owner = Role.MARKETING
    systems = ("sfmc",)
    defaults = Defaults(batch_size=2_500, silent_after_minutes=30)

    def run(self, context: Context) -> None:
        Reader(SourceTables.of(context.remotes.sfmc()), context, contacts_changed).read()
        if context.run.sent:
            nudge(CUSTOMERS)
