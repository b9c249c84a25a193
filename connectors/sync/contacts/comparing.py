"""Compares every contact with its account, a page of pairs at a time, and heals what can be healed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from connectors.sync import items
from connectors.sync.contacts import differences, looking, pairs
from connectors.sync.contacts.differences import State
from connectors.sync.contacts.following import CUSTOMERS
from connectors.sync.contacts.views import Ground
from connectors.sync.context import Context
from connectors.sync.models import Cursor
from integration.core import problems
from integration.mirror.models import Contact
from integration.ownership.models import Comparison, Drift

PAGE = 1_000
AFTER = "compare_contacts.after"
KEEP_COMPARISONS = 400
# The key an account carries belongs to nobody in Marketing Cloud any more.
_CONTACT_GONE = """
SELECT account.contact_key, account.account_code, account.name
FROM mirror_primacustomer AS account
LEFT JOIN mirror_contact AS contact
    ON contact.key = account.contact_key AND contact.deleted_at IS NULL
WHERE account.deleted_at IS NULL AND NOT account.is_pool AND account.status <> 'merged'
  AND account.contact_key <> '' AND contact.id IS NULL
  AND EXISTS (SELECT 1 FROM sync_cursor WHERE flow = 'contacts.whole')
"""
# The account a contact is linked to is no longer in Prima.
_ACCOUNT_GONE = """
SELECT contact.key, theirs.key, contact.company_name || ' ' || contact.last_name
FROM identity_customerlink AS ours
JOIN identity_customerlink AS theirs ON theirs.customer_id = ours.customer_id
    AND theirs.system = 'prima' AND theirs.state = 'active'
JOIN mirror_contact AS contact ON contact.key = ours.key AND contact.deleted_at IS NULL
LEFT JOIN mirror_primacustomer AS account
    ON account.account_code = theirs.key AND account.deleted_at IS NULL
WHERE ours.system = 'sfmc' AND ours.state <> 'retired' AND account.id IS NULL
  AND EXISTS (SELECT 1 FROM sync_cursor WHERE flow = 'prima_customers')
"""


@dataclass(slots=True)
class Comparer:
    """One comparison; one that was cut short is gone on with."""

    context: Context
    ground: Ground
    comparison: Comparison

    @classmethod
    def begun(cls, context: Context, ground: Ground) -> "Comparer":
        unfinished = Comparison.objects.filter(finished_at__isnull=True).first()
        return cls(
            context,
            ground,
            unfinished
            or Comparison.objects.create(
                started_at=timezone.now(), started_by=context.run.started_by
            ),
        )

    def compare(self) -> None:
        after = Cursor.objects.filter(flow=AFTER).values_list("value", flat=True).first() or ""
        while keys := _page(after):
            self._compare_page(keys)
            after = keys[-1]
            if self.context.is_over():
                return
        self._compare_missing()
        self._finish()

    def _compare_page(self, keys: Sequence[str]) -> None:
        found = [pair for pair in pairs.load(keys) if pair.account is not None]
        seen = looking.look(found, self.ground)
        with transaction.atomic():
            self._keep(keys, seen.drifts)
            items.renew(CUSTOMERS, seen.again, "a comparison")
            self.comparison.pairs += len(found)
            self.comparison.save(update_fields=["pairs", "found"])
            Cursor.objects.update_or_create(
                flow=AFTER, defaults={"value": keys[-1], "moved_at": timezone.now()}
            )
        again = len(seen.again)
        self.context.count(seen=len(found), unchanged=len(found) - again, sent=again)
        self.context.beat()

    def _compare_missing(self) -> None:
        """Customers that one of the systems has lost, by key; what is known of each is a name."""
        gone = [*_gone(_CONTACT_GONE, "contact"), *_gone(_ACCOUNT_GONE, "account")]
        keys = {one.contact_key for one in gone}
        lost = Drift.objects.filter(state=State.GONE, healed_at__isnull=True)
        keys |= set(lost.values_list("contact_key", flat=True))
        with transaction.atomic():
            self._keep(sorted(keys), gone)

    def _keep(self, keys: Sequence[str], drifts: Sequence[Drift]) -> None:
        counted = differences.keep(keys, drifts, timezone.now())
        problems.report(counted.findings)
        self.comparison.found += counted.found

    def _finish(self) -> None:
        open_now = Drift.objects.filter(healed_at__isnull=True)
        told = list(open_now.values_list("field", "state"))
        with transaction.atomic():
            self.comparison.finished_at = timezone.now()
            self.comparison.differing = open_now.values("contact_key").distinct().count()
            self.comparison.by_field = Counter(field for field, _ in told)
            self.comparison.by_state = Counter(state for _, state in told)
            self.comparison.healed = _healed_since(self.comparison)
            self.comparison.save()
            Cursor.objects.filter(flow=AFTER).delete()
            old = Comparison.objects.values_list("pk", flat=True)[KEEP_COMPARISONS:]
            Comparison.objects.filter(pk__in=list(old)).delete()


def _healed_since(comparison: Comparison) -> int:
    """What is gone since the comparison before, whoever noticed."""
    before = Comparison.objects.exclude(pk=comparison.pk).filter(finished_at__isnull=False).first()
    healed = Drift.objects.filter(healed_at__isnull=False)
    return healed.filter(healed_at__gt=before.finished_at).count() if before else healed.count()


def _page(after: str) -> list[str]:
    alive = Contact.objects.filter(deleted_at__isnull=True, key__gt=after)
    return list(alive.order_by("key").values_list("key", flat=True)[:PAGE])


def _gone(query: str, field: str) -> list[Drift]:
    with database.cursor() as cursor:
        cursor.execute(query)
        return [
            Drift(
                contact_key=key,
                account_code=code,
                name=name.strip()[:200],
                field=field,
                state=State.GONE,
            )
            for key, code, name in cursor.fetchall()
        ]
