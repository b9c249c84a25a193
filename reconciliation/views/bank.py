"""Bookings of the bank: what came in and went out, and which payout each is."""

from typing import Any

from django.db.models import QuerySet

from integration.accounts.gate import person
from integration.accounts.roles import May
from reconciliation import bookings, lists
from reconciliation.filters.bank import BankFilter
from reconciliation.models import BankLine
from reconciliation.tables.bank import BankTable
from reconciliation.views.listing import DeskList


class BankList(DeskList):
    """`/reconciliation/bank/`: every booking of every account."""

    page = "bank-lines"
    columns = lists.BANK
    filterset_class = BankFilter
    table_class = BankTable
    title = "Bank"
    lede = "What the bank booked, by its statements, and which payout each booking is."
    empty_title = "No bookings"
    empty_text = "No bank statement was imported yet, or no booking matches the filter."

    def get_queryset(self) -> QuerySet[BankLine]:
        return bookings.listed()

    def get_table_kwargs(self) -> dict[str, Any]:
        return {"personal": person(self.request).may(May.SEE_PERSONAL_DATA)}
