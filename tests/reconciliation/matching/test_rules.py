"""Each rule: what it puts together, and what it leaves alone and why."""

from datetime import timedelta
from decimal import Decimal

import pytest

from reconciliation import match
from reconciliation.models import GatewayLine, Match, NearMatch, Tolerance
from tests.factories.matching import (
    CONTROL,
    DAY,
    account,
    credit_note,
    document,
    line,
    rate,
    receipt,
    refund,
    tolerance,
)

pytestmark = pytest.mark.django_db


def found() -> list[tuple[str, list[str], list[str]]]:
    """Rule, lines and documents of every active match."""
    return sorted(
        (
            each.rule,
            sorted(each.all_lines().values_list("line_id", flat=True)),
            sorted(each.all_documents().values_list("number", flat=True)),
        )
        for each in Match.objects.filter(undone_at__isnull=True)
    )


def why(one: GatewayLine) -> str:
    return NearMatch.objects.get(line=one).reason


def test_the_same_reference_and_amount_is_a_match():
    one, paper = line("CO-1"), document("CO-1")
    result = match.run()
    assert found() == [("exact_reference", [one.line_id], [paper.number])]
    made = Match.objects.get()
    assert (made.left_total, made.right_total, made.difference) == (1234, 1234, 0)
    assert (made.day, made.currency, made.made_by_name) == (DAY, "GBP", "Prima desk")
    assert made.reason == "Same reference and amount."
    assert (result.matches, result.swallowed) == (1, {})


def test_another_amount_is_no_match_and_says_by_how_much():
    one, paper = line("CO-1", 1300), document("CO-1")
    match.run()
    near = NearMatch.objects.get(line=one)
    assert found() == []
    assert (near.document, near.rule, near.difference) == (paper, "exact_reference", 66)
    assert near.reason == "The reference is the same, but the amounts differ by 0.66 GBP."


def test_another_currency_is_no_match():
    one = line("CO-1", currency="EUR")
    document("CO-1")
    match.run()
    assert found() == []
    assert why(one).startswith(
        "The reference is the same, but the document is in GBP and the line in EUR"
    )


@pytest.mark.parametrize(
    ("gross", "swallowed"), [(1236, {"GBP": 2}), (1232, {"GBP": -2}), (1237, {})]
)
def test_a_tolerance_lets_pass_what_both_its_limits_allow_and_tells(gross, swallowed):
    tolerance(absolute=2, relative="1")
    line("CO-1", gross)
    document("CO-1")
    result = match.run()
    assert result.swallowed == swallowed
    assert [each.difference for each in Match.objects.all()] == list(swallowed.values())


def test_the_relative_limit_holds_too():
    tolerance(absolute=100, relative="1")
    line("CO-1", 1234 + 13)
    document("CO-1")
    assert match.run().matches == 0


@pytest.mark.parametrize(("gross", "matches"), [(1236, 1), (1237, 0)])
def test_a_percentage_of_nothing_leaves_the_absolute_limit_alone(gross, matches):
    tolerance(absolute=2, relative="0")
    line("CO-1", gross)
    document("CO-1")
    assert match.run().matches == matches


def test_a_line_that_came_twice_is_matched_once():
    first = line("CO-1", transaction_id="tx")
    again = line("CO-1", transaction_id="tx")
    paper = document("CO-1")
    match.run()
    assert found() == [("repeated_reference", [first.line_id], [paper.number])]
    assert "may have come twice" in why(again)


def test_two_invoices_with_one_reference_and_amount_are_a_guess_for_one_line():
    one = line("CO-1")
    document("CO-1")
    document("CO-1")
    match.run()
    assert found() == []
    assert "any of them could be it" in why(one)


def test_a_reference_written_differently_is_the_same():
    one, paper = line("co 1/17"), document("CO-117")
    match.run()
    assert found() == [("normalised_reference", [one.line_id], [paper.number])]


def test_two_invoices_that_differ_in_punctuation_are_a_guess():
    line("CO117")
    document("CO-117")
    document("CO-11-7", 99)
    assert match.run().matches == 0


def test_a_receipt_that_names_the_transaction_leads_to_its_invoice():
    one, paper = line("", transaction_id="pi_1"), document("CO-1")
    receipt(paper, "pi_1")
    match.run()
    assert found() == [("transaction_id", [one.line_id], [paper.number])]


def test_a_transaction_with_another_amount_is_no_match():
    one = line("", 1, transaction_id="pi_1")
    receipt(document("CO-1"), "pi_1")
    match.run()
    assert found() == []
    assert why(one).startswith("The receipt names invoice INV-")


def test_customer_and_amount_match_when_only_one_fits():
    one = line("", customer_email="Ann@Example.com")
    paper = document("CO-1", customer_email="ann@example.com", date=DAY - timedelta(days=7))
    document("CO-2", customer_email="ann@example.com", date=DAY - timedelta(days=8))
    match.run()
    assert found() == [("customer_amount", [one.line_id], [paper.number])]


def test_two_invoices_of_a_customer_with_the_amount_are_a_guess():
    one = line("", customer_email="ann@example.com")
    document("CO-1", customer_email="ann@example.com")
    document("CO-2", customer_email="ann@example.com")
    match.run()
    assert found() == []
    assert why(one) == "2 invoices of this customer have this amount."


def test_a_line_that_names_one_invoice_is_not_given_to_another_of_the_customer():
    line("CO-1", 500, customer_email="ann@example.com")
    document("CO-1", 700, customer_email="ann@example.com")
    document("CO-2", 500, customer_email="ann@example.com")
    assert match.run().matches == 0


def test_one_line_pays_the_only_choice_of_invoices_that_adds_up():
    one = line("CO-1", 1000)
    parts = [document("CO-1", amount) for amount in (300, 700, 450)]
    match.run()
    assert found() == [
        ("one_to_several", [one.line_id], sorted([parts[0].number, parts[1].number]))
    ]


def test_two_choices_that_add_up_are_a_guess():
    line("CO-1", 1000)
    for amount in (300, 700, 400, 600):
        document("CO-1", amount)
    assert match.run().matches == 0


def test_several_lines_pay_one_invoice():
    parts = [line("CO-1", 400), line("CO-1", 600)]
    paper = document("CO-1", 1000)
    match.run()
    assert found() == [("several_to_one", sorted(p.line_id for p in parts), [paper.number])]
    made = Match.objects.get()
    assert (made.left_total, made.right_total, made.tail.count()) == (1000, 1000, 0)
    assert Match.rows.count() == 2


def test_a_refund_finds_the_credit_note_by_reference():
    back, paper = refund("CO-1"), credit_note("CO-1")
    match.run()
    assert found() == [("refunds", [back.line_id], [paper.number])]


def test_a_refund_finds_the_credit_note_through_what_it_pays_back():
    charge, invoice = line("CO-1", transaction_id="pi_1"), document("CO-1")
    back = refund("", parent_transaction_id="pi_1")
    paper = credit_note("", invoice_number=invoice.number)
    match.run()
    assert found() == [
        ("exact_reference", [charge.line_id], [invoice.number]),
        ("refunds", [back.line_id], [paper.number]),
    ]


def test_a_charge_never_meets_a_credit_note():
    line("CO-1")
    credit_note("CO-1", 1234)
    assert match.run().matches == 0


def test_a_voucher_and_a_line_complete_an_invoice():
    one, invoice = line("CO-1", 1000), document("CO-1", 1500)
    voucher = receipt(invoice, method="voucher", minor=500)
    match.run()
    assert found() == [("vouchers", [one.line_id], sorted([invoice.number, voucher.number]))]
    assert Match.objects.get().right_total == 1000


def test_credit_of_the_house_and_a_line_complete_an_invoice():
    invoice = document("CO-1")
    credit = receipt(invoice, method="CREDIT", minor=500)
    receipt(invoice, "pay_1", provider="Stripe", minor=734)
    one = line("CO-1", gross=734)
    match.run()
    assert found() == [("vouchers", [one.line_id], sorted([invoice.number, credit.number]))]


def test_a_transfer_that_pays_an_invoice_is_no_voucher():
    receipt(document("CO-1"), method="ACCOUNT")
    match.run()
    assert found() == []


def test_an_invoice_may_be_paid_with_a_voucher_alone():
    invoice = document("CO-1", 500)
    voucher = receipt(invoice, voucher_number="V-1", minor=500)
    match.run()
    assert found() == [("vouchers", [], sorted([invoice.number, voucher.number]))]


def test_another_currency_is_compared_in_the_invoices_and_the_rate_booked():
    account("fx", "7906")
    rate("0.85")
    one = line("CO-1", 840, original_amount=1000, original_currency="EUR")
    paper = document("CO-1", 1000, currency="EUR")
    match.run()
    made = Match.objects.get()
    assert found() == [("foreign_currency", [one.line_id], [paper.number])]
    assert (made.currency, made.left_total, made.right_total) == ("EUR", 1000, 1000)
    assert (made.fx_difference, made.fx_currency, made.account_code) == (-10, "GBP", "7906")


def test_a_refund_in_another_currency_goes_to_its_credit_note():
    account("fx", "7906")
    rate("0.85")
    one = refund("CO-1", -840, original_amount=-1000, original_currency="EUR")
    paper = credit_note("CO-1", -1000, currency="EUR")
    match.run()
    assert found() == [("foreign_refund", [one.line_id], [paper.number])]
    made = Match.objects.get()
    assert (made.left_total, made.fx_difference, made.fx_currency) == (-1000, 10, "GBP")


def test_a_credit_note_in_the_currency_of_the_refund_goes_before_one_in_another():
    account("fx")
    rate("0.85")
    one = refund("CO-1", -850, transaction_id="t1")
    paper = credit_note("", -850, transaction_id="t1")
    credit_note("CO-1", -1000, currency="EUR")
    match.run()
    assert found() == [("refunds", [one.line_id], [paper.number])]


def test_a_voucher_and_a_line_in_another_currency_complete_an_invoice():
    account("fx", "7906")
    rate("0.85")
    one = line("CO-1", 590, original_amount=700, original_currency="EUR")
    paper = document("CO-1", 1000, currency="EUR")
    voucher = receipt(paper, voucher_number="V-1", minor=300)
    match.run()
    assert found() == [("foreign_currency", [one.line_id], sorted([paper.number, voucher.number]))]
    head, tail = Match.rows.order_by("id")
    assert (head.left_total, head.right_total) == (700, 700)
    assert (head.fx_difference, head.fx_currency, head.account_code) == (-5, "GBP", "7906")
    assert (tail.document, tail.fx_difference, tail.account_code) == (voucher, 0, "")


def test_a_line_in_another_currency_that_pays_all_leaves_the_voucher_open():
    account("fx", "7906")
    rate("0.85")
    one = line("CO-1", 840, original_amount=1000, original_currency="EUR")
    paper = document("CO-1", 1000, currency="EUR")
    receipt(paper, voucher_number="V-1", minor=300)
    match.run()
    assert found() == [("foreign_currency", [one.line_id], [paper.number])]


def test_a_voucher_counts_where_the_rate_of_the_day_agrees_better_with_it_than_without():
    account("fx", "7906")
    rate("0.85")
    Tolerance.objects.create(
        control=f"{CONTROL}_fx", currency="EUR", absolute=200, relative=Decimal(2)
    )
    one = line("CO-1", 8415)
    paper = document("CO-1", 10000, currency="EUR")
    voucher = receipt(paper, voucher_number="V-1", minor=100)
    result = match.run()
    assert found() == [("foreign_currency", [one.line_id], sorted([paper.number, voucher.number]))]
    assert result.swallowed == {}
    made = Match.objects.get()
    assert (made.left_total, made.right_total, made.fx_difference) == (9900, 9900, 0)


def test_currencies_without_decimals_are_converted_rightly():
    account("fx", "7906")
    rate("0.005", "JPY", "GBP")
    line("CO-1", 1010, original_amount=2000, original_currency="JPY")
    document("CO-1", 2000, currency="JPY")
    match.run()
    assert Match.objects.get().fx_difference == 10


def test_without_a_rate_there_is_no_match():
    account("fx", "7906")
    rate("0.85", day=DAY - timedelta(days=6))
    line("CO-1", 840, original_amount=1000, original_currency="EUR")
    document("CO-1", 1000, currency="EUR")
    assert match.run().matches == 0


def test_a_chargeback_and_its_reversal_cancel_each_other():
    back = line("", -1234, kind="chargeback", parent_transaction_id="pi_1", fee=1500)
    again = line("", 1234, kind="chargeback_reversal", parent_transaction_id="pi_1")
    match.run()
    assert found() == [("reversals", sorted([back.line_id, again.line_id]), [])]


def test_a_chargeback_of_a_known_sale_goes_to_its_account_and_comes_back_from_it():
    account("chargeback", "8100")
    line("CO-1", transaction_id="pi_1")
    document("CO-1")
    back = line("", -1234, kind="chargeback", parent_transaction_id="pi_1")
    match.run()
    again = line("", 1234, kind="chargeback_reversal", parent_transaction_id="pi_1")
    match.run()
    booked = Match.objects.filter(rule="chargebacks").order_by("id")
    assert [(m.line, m.account_code, m.left_total) for m in booked] == [
        (back, "8100", -1234),
        (again, "8100", 1234),
    ]


def test_a_chargeback_of_an_unknown_sale_stays_open():
    account("chargeback", "8100")
    one = line("", -1234, kind="chargeback", parent_transaction_id="pi_9")
    match.run()
    assert why(one) == "The sale that is charged back is not known."


def test_a_fee_goes_to_the_account_of_its_gateway():
    account("fee", "7600")
    account("fee", "7610", gateway="stripe")
    one = line("", -30, kind="fee")
    match.run()
    made = Match.objects.get()
    assert (made.rule, made.line, made.account_code) == ("fees", one, "7610")


def test_a_fee_with_vat_waits_for_an_account_for_it():
    account("fee", "7600")
    one = line("", -36, kind="fee", fee_tax=6)
    match.run()
    assert why(one) == "No account is set for the fees of this gateway or for their VAT."
    account("fee_tax", "2202")
    assert match.run().matches == 1


def test_payouts_and_transfers_are_not_for_documents():
    line("CO-1", kind="payout")
    document("CO-1")
    assert match.run().matches == 0
    assert not NearMatch.objects.exists()
