"""Reads from the database what a batch of orders is looked up in, in a few queries."""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone

from connectors.sync.identity import lookup, traits
from connectors.sync.mirrored import capabilities_from, customer_from, item_from
from connectors.sync.models import Connection
from connectors.sync.orders import code_rows
from connectors.sync.orders.world import Reference, Release, World
from integration.identity import distinctions, keys
from integration.mapping.book import MappingBook
from integration.mapping.models import DiscountRelease
from integration.mirror.models import PrimaCode, PrimaItem
from integration.records.campaign_order import CampaignOrder
from integration.records.customer import Customer
from integration.records.item import Item

_MOST_MERGES = 3
# One question that changes its answer whenever anything of the reference data does.
_VERSION = """
SELECT concat_ws(' ',
  (SELECT concat(count(*), ' ', max(id), max(updated_at)) FROM mapping_productmapping),
  (SELECT concat(count(*), ' ', max(id), max(updated_at)) FROM mapping_promotionmapping),
  (SELECT concat(count(*), ' ', max(id), max(updated_at)) FROM mapping_valuemapping),
  (SELECT md5(string_agg(t::text, ' ' ORDER BY id)) FROM mapping_taxrule t),
  (SELECT md5(string_agg(t::text, ' ' ORDER BY id)) FROM mapping_orderpolicy t),
  (SELECT concat(count(*), ' ', max(id), max(read_at)) FROM mirror_primacode),
  (SELECT md5(capabilities::text) FROM sync_connection WHERE system = 'prima'))
"""


@dataclass(slots=True)
class WorldCache:
    """Keeps the reference data between batches, as long as its version in the database stands.

    One question a call tells; `max_age` seconds bound how long that is believed at most.
    """

    max_age: float = 300
    _reference: Reference | None = None
    _version: str = ""
    _read_at: float = field(default=0)

    def reference(self) -> Reference:
        """The reference data as of now."""
        version = reference_version()
        is_old = time.monotonic() - self._read_at > self.max_age
        if self._reference is None or is_old or version != self._version:
            self._reference = load_reference()
            self._version, self._read_at = version, time.monotonic()
        today = business_day()
        if self._reference.today != today:
            self._reference = replace(self._reference, today=today)
        return self._reference

    def refresh(self) -> None:
        """Forget what is kept."""
        self._reference = None


PAGES = WorldCache()
"""For pages, which show one order and would read a hundred thousand mappings for it."""


def reference_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute(_VERSION)
        return str(cursor.fetchone()[0])


def business_day() -> date:
    return timezone.localdate(timezone=ZoneInfo(settings.DISPLAY_TIME_ZONE))


def load_reference() -> Reference:
    """In seven queries: the mapping book, Prima's codes, its capabilities."""
    codes = list(PrimaCode.objects.all())
    kept = Connection.objects.filter(system="prima").values_list("capabilities", flat=True).first()
    return Reference(
        book=MappingBook.load(),
        capabilities=capabilities_from(kept or {}),
        today=business_day(),
        codes={
            (found.list, found.code.upper()): found
            for found in (code_rows.code(row) for row in codes if row.list != "tax")
        },
        tax_codes={row.code: code_rows.tax_code(row) for row in codes if row.list == "tax"},
        zone=ZoneInfo(settings.DISPLAY_TIME_ZONE),
    )


def load(
    orders: Sequence[CampaignOrder], reference: Reference, *, skus: Iterable[str] = ()
) -> World:
    """The world of these orders, in six queries and one more for each step of merged accounts.

    `skus` are further product codes (`sku_key`) that will be looked up.
    """
    contacts = {order.contact_key for order in orders if order.contact_key}
    links = keys.accounts_by_contact(contacts)
    buyers = [traits.of_order(order) for order in orders]
    rows = _accounts(Q(account_code__in=set(links.values())) | lookup.sharing(buyers))
    named = _named(rows)
    return World(
        reference=reference,
        items=_items(_wanted(orders, reference, skus)),
        accounts=_with_merged(rows),
        by_key=named["key"],
        by_email=named["email"],
        by_number=named["number"],
        by_mobile=named["mobile"],
        links=links,
        shared_emails=lookup.shared_emails(named["email"]),
        apart=distinctions.accounts_apart(contacts),
        releases=_releases(orders),
    )


def _accounts(condition: Q) -> list[Customer]:
    rows = lookup.accounts().filter(condition).order_by("account_code")
    return [customer_from(row.data) for row in rows]


def _named(accounts: Iterable[Customer]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Account codes by contact key, e-mail, tax number and mobile."""
    found: dict[str, dict[str, list[str]]] = {
        name: defaultdict(list) for name in ("key", "email", "number", "mobile")
    }
    for account in accounts:
        known = traits.of_account(account)
        told = (known.held_key, known.email, known.vat, known.mobile)
        for name, value in zip(found, told, strict=True):
            if value:
                found[name][value].append(account.account_code)
    return {
        name: {value: tuple(codes) for value, codes in by_value.items()}
        for name, by_value in found.items()
    }


def _with_merged(found: Sequence[Customer]) -> dict[str, Customer]:
    accounts = {account.account_code: account for account in found}
    for _ in range(_MOST_MERGES):
        missing = {
            account.merged_into
            for account in accounts.values()
            if account.status == "merged" and account.merged_into not in accounts
        } - {""}
        if not missing:
            break
        survivors = _accounts(Q(account_code__in=missing))
        if not survivors:
            break
        accounts |= {account.account_code: account for account in survivors}
    return accounts


def _wanted(orders: Sequence[CampaignOrder], reference: Reference, skus: Iterable[str]) -> set[str]:
    """The product codes the orders may come to, in upper case."""
    wanted = {sku.strip().upper() for sku in skus}
    for order in orders:
        day = reference.day_of(order.ordered_at)
        wanted |= {
            (reference.book.product(line.sku, day) or line.sku).strip().upper()
            for line in order.lines
        }
    return wanted


def _items(keys: set[str]) -> dict[str, Item]:
    rows = (
        PrimaItem.objects.filter(deleted_at__isnull=True)
        .annotate(upper_key=Upper("sku_key"))
        .filter(upper_key__in=keys)
    )
    return {row.sku_key.upper(): item_from(row.data) for row in rows}


def _releases(orders: Sequence[CampaignOrder]) -> frozenset[Release]:
    keys = {order.key for order in orders if order.promotions}
    rows = DiscountRelease.objects.filter(order_key__in=keys)
    return frozenset(
        Release(row.order_key, row.promotion_code.upper(), row.content_hash) for row in rows
    )
