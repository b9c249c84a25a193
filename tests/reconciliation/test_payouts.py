"""What a payout's page says of it, step by step from gross to the bank."""

import pytest
from django.urls import reverse

from reconciliation import payouts
from reconciliation.models import Adjustment, BankMatch, GatewayLine, Payout
from tests.factories.books import NOON, booking, line, payout, statement
from tests.factories.reconciliation import difference

pytestmark = pytest.mark.django_db


def test_a_payout_is_told_from_gross_to_the_bank() -> None:
    # given
    file = statement()
    paid = payout(file, "po_123456", 9700, line_count=2)
    line(file, "ch_1", 12000, fee=300, net=11700, payout=paid)
    line(file, "re_1", -2000, kind="refund", payout=paid)
    arrived = booking(file, "b1", 9699, text="po_123456")
    BankMatch.objects.create(
        payout=paid, bank_line=arrived, rule="reference", difference=1, made_at=NOON
    )

    # when
    bank = payouts.bank_of(paid)
    steps = [(step.label, step.amount) for step in payouts.steps_of(paid, bank)]
    gaps = [(gap.label, gap.difference) for gap in payouts.gaps_of(paid, bank)]

    # then
    assert steps == [
        ("Sales", 12000), ("Refunds", -2000), ("Fees", -300), ("Net of the lines", 9700),
        ("Paid out", 9700), ("Unexplained", -1), ("At the bank", 9699),
    ]  # fmt: skip
    assert gaps == [("Lines and payout", 0), ("Payout and bank", -1), ("Lines and invoices", 9700)]


def test_of_a_payout_without_lines_nothing_is_said_about_lines() -> None:
    paid = payout(statement(), "PPW1234567", 6000, computed=0, line_count=0, gateway="paypal")

    assert [(step.label, step.amount) for step in payouts.steps_of(paid, None)] == [
        ("Paid out", 6000)
    ]
    assert payouts.gaps_of(paid, None) == []


def test_the_page_of_a_payout_without_lines_says_why(client_for, finance) -> None:
    file = statement()
    bare = payout(file, "PPW1234567", 6000, computed=0, line_count=0, gateway="paypal")
    made = payout(file, "po_123456", 9700, line_count=2)
    client = client_for(finance)

    def told(of: Payout) -> bool:
        page = client.get(reverse("payout", args=[of.pk])).content.decode()
        return "No line says that it is part of this payout" in page

    assert told(bare)
    assert not told(made)


def test_an_adjustment_is_named_with_its_amount_as_people_write_it() -> None:
    off = Adjustment(kind="write_off", amount=-1574, currency="GBP")

    assert str(off) == "Write off -15.74 GBP"
    assert str(Adjustment(kind="timing")) == "Mark as timing"


def test_a_line_that_two_people_adjusted_is_no_longer_unexplained(client_for, finance) -> None:
    file = statement()
    paid = payout(file, "po_123456", 500, line_count=1)
    line(file, "ch_1", 500, payout=paid)
    key = {"key": "stripe||ch_1", "category": "unmatched_line"}
    difference(**key, state="adjusted", closed_at=NOON)

    def told() -> tuple[int, str, list[GatewayLine]]:
        (found,) = payouts.listed()
        lines = payouts.open_lines_of(paid)
        return payouts.gaps_of(paid, None)[-1].difference, payouts.state_of(found)[1], list(lines)

    assert told() == (0, "Nothing to match", [])
    client = client_for(finance)
    page = client.get(reverse("payout", args=[paid.pk])).content.decode()
    assert "Every line is matched or adjusted." in page
    assert ">Adjusted<" in page
    listed = client.get(reverse("payout-lines"))
    assert ">Adjusted<" in listed.content.decode()
    assert not client.get(reverse("payout-lines"), {"match": "open"}).context["object_list"]
    exported = client.get(reverse("payout-lines"), {"export": "csv"})
    assert ",adjusted" in b"".join(exported.streaming_content).decode()

    difference(**key, amount=100)
    assert told()[:2] == (500, "Open")
