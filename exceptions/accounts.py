"""The account of Prima a case or an order is about, and keeping what Prima answered about it."""

from connectors.prima.port import Change, Prima
from connectors.sync import connections
from connectors.sync.reference.customers import CustomerShelf
from connectors.sync.reference.products import ItemShelf
from exceptions import rework
from exceptions.models import ExceptionCase
from integration.identity import keys
from integration.mirror.models import CampaignOrder, PrimaCustomer
from integration.records.customer import Customer
from integration.records.item import Item

KEY_SYSTEM = "sfmc"
"""Under this name an account carries the contact key of Marketing Cloud."""


def account_of(case: ExceptionCase) -> PrimaCustomer | None:
    """The account the case names, or the one its contact is linked to. Never a pool account."""
    known = PrimaCustomer.objects.filter(is_pool=False, deleted_at__isnull=True)
    if code := case.facts.get("account"):
        return known.filter(account_code=code).first()
    contact = case.facts.get("contact_key")
    if not contact:
        return None
    linked = keys.accounts_by_contact([contact]).get(contact)
    if linked:
        return known.filter(account_code=linked).first()
    return known.filter(contact_key=contact).first()


def order_of(case: ExceptionCase) -> CampaignOrder | None:
    """The order of most money that waits behind the case."""
    keys = rework.waiting_orders(case)
    return CampaignOrder.objects.filter(key=keys[0]).first() if keys else None


def contact_of(case: ExceptionCase) -> str:
    """The contact key of the buyer, or empty."""
    if known := case.facts.get("contact_key"):
        return str(known)
    order = order_of(case)
    return order.contact_key if order else ""


def read_fresh(prima: Prima, account_code: str) -> Customer:
    """The account as it is now, with the version a change has to name."""
    return prima.customer_by_account(account_code)


def keep_customer(customer: Customer) -> None:
    """Puts what Prima answered into the mirror at once, without waiting for the next reading."""
    change = Change("upsert", customer.id, customer.version, customer)
    CustomerShelf(connections.prima()).write((change,))


def keep_item(item: Item) -> None:
    """As `keep_customer`, for a product."""
    ItemShelf(connections.prima()).write((Change("upsert", item.sku_key, item.version, item),))
