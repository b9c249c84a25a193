"""Contacts with their accounts, and what was last settled between the two."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from connectors.sync.mirrored import customer_from
from integration.identity import keys
from integration.mirror.models import Contact, PrimaCustomer
from integration.ownership.models import Proposal, Standing
from integration.records.customer import Customer


@dataclass(slots=True)
class Pair:
    """`account` is None for a contact without one; `is_ambiguous` when several carry its key.

    `asked` has the proposals under way, by field.
    """

    contact: Contact
    account: PrimaCustomer | None
    customer: Customer | None
    standing: Standing
    asked: dict[str, Proposal] = field(default_factory=dict)
    is_ambiguous: bool = False

    @property
    def key(self) -> str:
        return self.contact.key

    @property
    def name(self) -> str:
        return (self.customer.name if self.customer else "") or self.contact.name


def load(contact_keys: Iterable[str]) -> list[Pair]:
    """In six queries, however many they are. A deleted contact is not among them."""
    contacts = list(
        Contact.objects.filter(key__in=list(contact_keys), deleted_at__isnull=True).order_by("key")
    )
    found = [contact.key for contact in contacts]
    links = keys.accounts_by_contact(found)
    accounts = _accounts(found, list(links.values()))
    by_code = {row.account_code: row for row in accounts}
    by_key = defaultdict(list)
    for row in accounts:
        by_key[row.contact_key].append(row)
    standings = {row.contact_key: row for row in Standing.objects.filter(contact_key__in=found)}
    asked: dict[str, dict[str, Proposal]] = defaultdict(dict)
    for proposal in Proposal.objects.filter(contact_key__in=found, settled_at__isnull=True):
        asked[proposal.contact_key][proposal.field] = proposal
    pairs = []
    for contact in contacts:
        carrying = by_key.get(contact.key, [])
        linked = by_code.get(links.get(contact.key, ""))
        account = linked or (carrying[0] if len(carrying) == 1 else None)
        pairs.append(
            Pair(
                contact=contact,
                account=account,
                customer=customer_from(account.data) if account else None,
                standing=_standing(standings.get(contact.key), contact.key, account),
                asked=asked.get(contact.key, {}),
                is_ambiguous=linked is None and len(carrying) > 1,
            )
        )
    return pairs


def keys_of(account_codes: Sequence[str]) -> list[str]:
    """The keys of the contacts of these accounts, by link or by the key an account carries."""
    linked = [key for key, _ in keys.contacts_by_account(account_codes)]
    carried = PrimaCustomer.objects.filter(
        account_code__in=account_codes, is_pool=False, deleted_at__isnull=True
    ).exclude(contact_key="")
    every = {*linked, *carried.values_list("contact_key", flat=True)}
    known = Contact.objects.filter(key__in=every, deleted_at__isnull=True)
    return sorted(known.values_list("key", flat=True))


def _accounts(contact_keys: Sequence[str], codes: Sequence[str]) -> list[PrimaCustomer]:
    """Those that stand for somebody: no pool accounts, none merged away."""
    wanted = Q(account_code__in=codes) | (Q(contact_key__in=contact_keys) & ~Q(contact_key=""))
    rows = PrimaCustomer.objects.filter(wanted, deleted_at__isnull=True, is_pool=False)
    return list(rows.exclude(status="merged").order_by("account_code"))


def _standing(row: Standing | None, key: str, account: PrimaCustomer | None) -> Standing:
    """With another account everything between the two begins anew."""
    code = account.account_code if account else ""
    if row is not None and row.account_code == code:
        return row
    return Standing(contact_key=key, account_code=code, changed_at=timezone.now())
