"""A no said before a contact or an account was known to be the person's: it follows the person.

Whoever is linked is looked at once: what restricts their own addresses, or the person they turn out
to be, is a no of the person from then on, and goes to every key of theirs.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from connectors.sync.consent import judging
from connectors.sync.consent.judging import Judgement
from connectors.sync.consent.sfmc_write import recipients
from connectors.sync.context import Context
from connectors.sync.models import Cursor
from integration.consent import addresses, ledger, merging, rules
from integration.consent.happening import Happening
from integration.consent.merging import Restriction
from integration.consent.models import ConsentEvent
from integration.identity import keys
from integration.identity.models import DEFAULT_COMPANY, CustomerLink

FLOW = "consent.new_links"
OVERLAP = timedelta(minutes=15)
"""Links of transactions that were still open at the last look carry an older moment."""
PAGE = 1_000
DESK = "Prima desk"
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Link:
    pk: int
    system: str
    key: str
    person: UUID
    linked_at: datetime


def follow(context: Context) -> int:
    """How many restrictions of persons are news. One that is cut short begins anew next time."""
    begun = timezone.now()
    cursor = Cursor.objects.filter(flow=FLOW).first()
    since = cursor.moved_at - OVERLAP if cursor and cursor.moved_at else None
    after, news = 0, 0
    while links := _page(since, after):
        news += len(ledger.record(_happenings(links)))
        after = links[-1].pk
        context.beat()
        if context.is_over():
            return news
    Cursor.objects.update_or_create(flow=FLOW, defaults={"moved_at": begun})
    return news


def _page(since: datetime | None, after: int) -> list[Link]:
    links = CustomerLink.objects.exclude(state=keys.RETIRED).filter(
        pk__gt=after, company=DEFAULT_COMPANY
    )
    if since is not None:
        links = links.filter(linked_at__gte=since)
    rows = links.order_by("pk").values_list(
        "pk", "system", "key", "customer_id", "customer__merged_into_id", "linked_at"
    )
    return [
        Link(pk, system, key, merged_into or person, linked_at)
        for pk, system, key, person, merged_into, linked_at in rows[:PAGE]
    ]


def _happenings(links: Sequence[Link]) -> list[Happening]:
    by_system: Mapping[str, Judgement] = {
        keys.SFMC: judging.of_contacts(
            recipients([one.key for one in links if one.system == keys.SFMC], {})
        ),
        keys.PRIMA: judging.of_accounts(one.key for one in links if one.system == keys.PRIMA),
    }
    told = _told({one.person for one in links})
    return [
        happening
        for link in links
        if link.system in by_system
        for happening in _of_link(link, by_system[link.system], told)
    ]


def _told(persons: Collection[UUID]) -> Mapping[tuple[UUID, Restriction], datetime]:
    """When a restriction of a person was last heard: it went to every key they had by then."""
    events = ConsentEvent.objects.filter(customer_uid__in=persons, action__in=rules.RESTRICTIONS)
    rows = events.order_by().values_list("customer_uid", "channel", "purpose", "action")
    return {
        (person, (channel, purpose, action)): heard_at
        for person, channel, purpose, action, heard_at in rows.annotate(Max("received_at"))
    }


def _of_link(
    link: Link, judgement: Judgement, told: Mapping[tuple[UUID, Restriction], datetime]
) -> list[Happening]:
    """What the person or the key does not know of yet."""
    person = addresses.person_hash(link.person)
    own = {hashed for some in judgement.bearers[link.key].own.values() for hashed in some}
    whole = merging.restrictions(judgement.known, [person, *own])
    known = merging.restrictions(judgement.known, [person])
    return [
        merging.restricted(
            link.person, what, since, of=f"{link.system}:{link.key}", source="link", actor=DESK
        )
        for what, since in whole.items()
        if known.get(what, LONG_AGO) < since
        or told.get((link.person, what), LONG_AGO) < link.linked_at
    ]
