"""The one search box: any key a person may hold, in a handful of queries."""

from dataclasses import dataclass

from django.db.models import Q

from exceptions.models import ExceptionCase
from integration.mirror.models import CampaignOrder, PrimaCustomer, PrimaItem

LIMIT = 25


@dataclass(frozen=True, slots=True)
class Found:
    """At most LIMIT of each."""

    orders: list[CampaignOrder]
    cases: list[ExceptionCase]
    accounts: list[PrimaCustomer]
    items: list[PrimaItem]

    def __bool__(self) -> bool:
        return bool(self.orders or self.cases or self.accounts or self.items)

    @property
    def only_order(self) -> CampaignOrder | None:
        """The order, when it is the one thing found."""
        others = len(self.cases) + len(self.accounts) + len(self.items)
        return self.orders[0] if len(self.orders) == 1 and not others else None


def find(text: str) -> Found:
    """Orders by key, customer, Prima number or SKU; cases; accounts; items."""
    return Found(
        orders=_orders(text),
        cases=list(ExceptionCase.objects.filter(title__icontains=text)[:LIMIT]),
        accounts=_accounts(text),
        items=list(
            PrimaItem.objects.filter(
                Q(sku_key__icontains=text) | Q(description__icontains=text) | Q(gtin=text),
                deleted_at__isnull=True,
            )[:LIMIT]
        ),
    )


def _orders(text: str) -> list[CampaignOrder]:
    found = CampaignOrder.objects.select_related("prima_order").filter(
        Q(key__icontains=text)
        | Q(email__icontains=text)
        | Q(contact_key__iexact=text)
        | Q(customer_name__icontains=text)
        | Q(prima_order__order_number__iexact=text)
        | Q(payload__contains={"lines": [{"sku": text}]})
        | Q(payload__order__tax_number__iexact=text)
        | Q(payload__order__payment_reference__iexact=text)
    )
    return list(found[:LIMIT])


def _accounts(text: str) -> list[PrimaCustomer]:
    compact = "".join(text.split())
    found = PrimaCustomer.objects.filter(
        Q(account_code__iexact=text)
        | Q(name__icontains=text)
        | Q(email__icontains=text)
        | Q(contact_key__iexact=text)
        | Q(vat_number__iexact=compact),
        deleted_at__isnull=True,
    )
    return list(found[:LIMIT])
