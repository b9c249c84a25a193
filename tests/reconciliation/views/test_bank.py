"""The list of what the bank booked."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from integration.accounts.models import User
from reconciliation.models import BankMatch, Payout
from tests.factories.books import booking, payout, statement
from tests.factories.exports import sheet

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def bank() -> None:
    """A payout that arrived, money of somebody, and rent."""
    report, bank = statement("report.csv"), statement("bank.xml")
    paid_out = payout(report, "po_9", 1200)
    paid = booking(bank, "b_9", 1200, text="STRIPE po_9")
    BankMatch.objects.create(
        payout=paid_out, bank_line=paid, rule="reference", made_at="2026-10-15T12:00Z"
    )
    booking(bank, "b_10", 500, text="=Ruth Lee, thank you", account="GB00-2")
    booking(bank, "b_11", -900, text="Rent")


def test_bookings_of_the_bank_say_which_payout_they_are(
    bank: None, client_for: SignIn, finance: User, auditor: User
) -> None:
    client = client_for(finance)

    def found(query: str) -> list[str]:
        rows = client.get(f"{reverse('bank-lines')}?{query}").context["object_list"]
        return sorted(row.line_id for row in rows)

    assert found("") == ["b_10", "b_11", "b_9"]
    assert found("belongs=payout") == ["b_9"]
    assert found("belongs=in") == ["b_10"]
    assert found("belongs=out") == ["b_11"]
    assert found("q=po_9") == ["b_9"]
    assert found("account=GB00-2&currency=GBP") == ["b_10"]
    assert found("since=2031-01-01") == []
    page = client.get(reverse("bank-lines")).content.decode()
    assert f'href="{reverse("payout", args=[Payout.objects.get().pk])}"' in page
    assert "Ruth Lee" in page
    assert [row["Payout"] for row in sheet(client, "bank-lines", "belongs=payout")] == ["po_9"]


def test_what_the_bank_wrote_of_others_than_gateways_names_nobody(
    bank: None, client_for: SignIn, auditor: User
) -> None:
    client = client_for(auditor)
    page = client.get(reverse("bank-lines")).content.decode()
    told = {row["Text of the bank"] for row in sheet(client, "bank-lines")}

    assert "Ruth" not in page
    assert "STRIPE po_9" in page
    assert told == {"STRIPE po_9", "=••• L••• t••• y•••".replace("=", "'="), "R•••"}
