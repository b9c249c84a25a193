"""The one search box: any key a person may hold, in a handful of queries."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from exceptions.models import ExceptionCase
from integration.core import searching
from integration.mirror import texts
from integration.mirror.models import CampaignOrder, PrimaCustomer, PrimaItem, PrimaOrder
from integration.mirror.order_words import words, words_of

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
    cases = searching.narrowed(ExceptionCase.objects.all(), text, ("title",))
    items = searching.narrowed(PrimaItem.objects.filter(deleted_at__isnull=True), text, texts.ITEMS)
    return Found(
        orders=_orders(text),
        cases=list(cases.filter(title__icontains=text)[:LIMIT]),
        accounts=_accounts(text),
        items=list(
            items.filter(
                Q(sku_key__icontains=text) | Q(description__icontains=text) | Q(gtin=text),
            )[:LIMIT]
        ),
    )


def orders_known_by(text: str) -> QuerySet[CampaignOrder]:
    """Orders with the text in their key, customer or campaign, or that it is the number of.

    Each way of finding them has an index of its own, so they are asked one by one.
    """
    told = searching.narrowed(CampaignOrder.objects.all(), text, texts.ORDERS).filter(
        Q(key__icontains=text)
        | Q(email__icontains=text)
        | Q(contact_key__iexact=text)
        | Q(customer_name__icontains=text)
        | Q(campaign__icontains=text)
    )
    booked = PrimaOrder.objects.filter(order_number__in={text, text.upper()})
    return _either(told.values("pk"), booked.values("campaign_order_id"))


def _orders(text: str) -> list[CampaignOrder]:
    proofs = searching.narrowed(CampaignOrder.objects.all(), text, texts.ORDERS).filter(
        Q(payload__order__tax_number__iexact=text)
        | Q(payload__order__payment_reference__iexact=text)
    )
    bought = CampaignOrder.objects.alias(words=words("lines", "sku")).filter(
        words__overlap=words_of(text, "lines", "sku")
    )
    found = _either(
        orders_known_by(text).values("pk"), proofs.values("pk"), bought.values("pk")
    ).select_related("prima_order")
    return list(found[:LIMIT])


def _either(first: Any, *others: Any) -> QuerySet[CampaignOrder]:
    ways = [way.order_by() for way in (first, *others)]
    return CampaignOrder.objects.filter(pk__in=ways[0].union(*ways[1:]))


def _accounts(text: str) -> list[PrimaCustomer]:
    told = searching.narrowed(PrimaCustomer.objects.all(), text, texts.ACCOUNTS).filter(
        Q(account_code__iexact=text)
        | Q(name__icontains=text)
        | Q(email__icontains=text)
        | Q(contact_key__iexact=text)
    )
    taxed = PrimaCustomer.objects.filter(vat_number="".join(text.split()).upper())
    ways = told.order_by().values("pk").union(taxed.order_by().values("pk"))
    return list(PrimaCustomer.objects.filter(pk__in=ways, deleted_at__isnull=True)[:LIMIT])
