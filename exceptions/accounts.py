"""The account of Prima a case or an order is about, and keeping what Prima answered about it."""

from django.utils import timezone

from connectors.prima.port import Prima
from connectors.sync.mirrored import as_data
from exceptions import rework
from exceptions.models import ExceptionCase
from integration.mapping.models import CustomerLink
from integration.mirror.models import CampaignOrder, PrimaCustomer, PrimaItem
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
    link = CustomerLink.objects.filter(contact_key=contact, retired_at__isnull=True).first()
    if link:
        return known.filter(account_code=link.account_code).first()
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


def keep_customer(customer: Customer) -> PrimaCustomer:
    """Puts what Prima answered into the mirror at once, without waiting for the next reading."""
    default = next((one.address for one in customer.addresses if one.is_default), None)
    first = customer.addresses[0].address if customer.addresses else None
    postcode = (default or first).postcode if (default or first) else ""  # type: ignore[union-attr]
    row, _ = PrimaCustomer.objects.update_or_create(
        prima_id=customer.id,
        defaults={
            "account_code": customer.account_code,
            "contact_key": customer.external_keys.get(KEY_SYSTEM, ""),
            "name": customer.name,
            "email": customer.email,
            "vat_number": customer.vat_number,
            "postcode": postcode[:12],
            "is_pool": customer.is_pool,
            "status": customer.status,
            "data": as_data(customer),
            "version": customer.version,
            "modified_at": customer.modified_at,
            "deleted_at": None,
            "read_at": timezone.now(),
        },
    )
    return row


def keep_item(item: Item) -> PrimaItem:
    """As `keep_customer`, for a product."""
    row, _ = PrimaItem.objects.update_or_create(
        sku_key=item.sku_key,
        defaults={
            "sku": item.sku,
            "description": item.description,
            "kind": item.kind,
            "status": item.status,
            "tax_code": item.tax_code,
            "price": item.price,
            "gtin": item.gtin,
            "data": as_data(item),
            "version": item.version,
            "modified_at": item.modified_at,
            "deleted_at": None,
            "read_at": timezone.now(),
        },
    )
    return row
