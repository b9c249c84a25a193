"""Long lists a page at a time, and columns of money in lists of several currencies."""

from typing import Any

import django_tables2 as tables
from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet
from django_tables2.data import TableQuerysetData

NUMBER = {"th": {"class": "num"}, "td": {"class": "num"}}


class MoneyColumn(tables.Column):
    """Sorts by currency, A to Z, and within each by amount: euros and yen are not compared.

    `amount` and `currency` are fields of the row; what has no currency comes last. The heading says
    it in small print.
    """

    hint = "by currency, then amount"

    def __init__(
        self, title: str, amount: str, *, currency: str = "currency", **given: Any
    ) -> None:
        super().__init__(title, **{"attrs": NUMBER, **given})
        self.amount, self.currency = amount, currency

    def order(self, queryset: QuerySet[Any], is_descending: bool) -> tuple[QuerySet[Any], bool]:
        amount = F(self.amount)
        turned = amount.desc(nulls_last=True) if is_descending else amount.asc(nulls_last=True)
        silent = ExpressionWrapper(Q(**{self.currency: ""}), output_field=BooleanField())
        return queryset.order_by(silent, self.currency, turned, "pk"), True


class Paged(TableQuerysetData):
    """Finds out first which rows stand on a page, and reads only these whole.

    Sorting a million rows by one column is quick when nothing else of them is carried along.
    """

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, slice):
            return super().__getitem__(key)
        keys = list(self.data.values_list("pk", flat=True)[key])
        found = {row.pk: row for row in self.data.order_by().filter(pk__in=keys)}
        return [found[pk] for pk in keys if pk in found]
