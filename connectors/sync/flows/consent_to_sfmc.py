"""Takes what people said to Marketing Cloud, and makes sure that it arrived."""

from collections.abc import Sequence

from django.utils import timezone

from connectors.sync.consent import claims, overdue
from connectors.sync.consent.claims import Step
from connectors.sync.consent.people import Person, people_of
from connectors.sync.consent.sfmc_confirm import confirm
from connectors.sync.consent.sfmc_leave import leave
from connectors.sync.consent.sfmc_write import find, write
from connectors.sync.context import Context
from connectors.sync.flow import CONSENT, Defaults, Flow
from integration.accounts.roles import Role
from integration.consent.models import Propagation


class ConsentToSfmc(Flow):
    slug = "consent_to_sfmc"
    title = "Opt-outs to Marketing Cloud"
    meaning = (
        "Unsubscribes people in Marketing Cloud who said no anywhere, writes the consent columns "
        "of their contacts, takes them out of every journey, and reads back that it is so."
    )
    owner = Role.MARKETING
    systems = ("sfmc",)
    alone = False
    lane = CONSENT
    defaults = Defaults(batch_size=100, silent_after_minutes=10)

    def run(self, context: Context) -> None:
        claims.work_off("sfmc", context, lambda rows: _one_step_after_the_other(rows, context))
        overdue.report("sfmc")


def _one_step_after_the_other(rows: Sequence[Propagation], context: Context) -> None:
    client = context.remotes.sfmc()
    people = people_of([row.event for row in rows])
    rows = _still_true(rows, people)
    if to_write := [row for row in rows if row.step == Step.WRITE]:
        find(client, [people[row.event_id] for row in to_write])
        write(client, to_write, people)
    if to_leave := [row for row in rows if row.step == Step.LEAVE]:
        leave(client, to_leave, context)
    if to_confirm := [row for row in rows if row.step == Step.CONFIRM]:
        confirm(client, to_confirm, people)


def _still_true(rows: Sequence[Propagation], people: dict[int, Person]) -> list[Propagation]:
    """What somebody has said otherwise since is not written any more: the later one is."""
    now = timezone.now()
    for row in rows:
        if not people[row.event_id].still_says(no=row.is_restriction):
            claims.finish(row, now, note="They said something else since.")
    return [row for row in rows if row.step not in claims.OVER]
