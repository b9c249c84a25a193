"""Payout lines against documents, and payouts against the bank."""

from datetime import UTC, date, datetime

import pytest

from exceptions.models import ExceptionCase
from integration.accounts.models import User
from integration.mirror.models import PrimaDocument
from reconciliation import by_hand, counterparts, match, payouts, periods, running, totals
from reconciliation.control import control_of
from reconciliation.models import BankMatch, ControlRun, Difference, GatewayLine, Match, Period
from tests.factories.books import booking, document, line, payout, statement
from tests.factories.matching import account

pytestmark = pytest.mark.django_db


def run(slug: str, **how: object) -> ControlRun:
    return running.run(control_of(slug), **how)  # type: ignore[arg-type]


def found() -> list[tuple[str, str, int]]:
    rows = Difference.objects.filter(closed_at__isnull=True).order_by("key", "category")
    return list(rows.values_list("key", "category", "amount"))


def test_a_line_that_the_rules_match_is_no_difference() -> None:
    line(statement(), "ch_1", 10080, reference="CO-1")
    document("INV-1", "SO-1", external_ref="CO-1")

    run("payouts_to_documents")

    assert found() == []


def test_the_rules_match_the_lines_of_every_company(settings) -> None:
    settings.COMPANIES = ["main", "north"]
    file = statement()
    for company in settings.COMPANIES:
        line(file, f"ch_{company}", 10080, reference="CO-1", company=company)
        document(f"INV-{company}", "SO-1", external_ref="CO-1", company=company)

    run("payouts_to_documents")

    assert found() == []
    assert set(Match.objects.values_list("company", flat=True)) == {"main", "north"}


def test_lines_and_invoices_that_are_left_over_are_differences() -> None:
    file = statement()
    line(file, "ch_1", 10080)
    line(file, "ch_2", 9000, reference="CO-2")
    document("INV-2", "SO-2", external_ref="CO-2")
    line(file, "ch_3", 500, transaction_id="pi_3")
    line(file, "ch_4", 500, transaction_id="pi_3")
    line(file, "fee_1", -120, kind="fee")
    document("INV-5", "SO-5", gross="77.00", outstanding=0)
    document(
        "R-5", kind="receipt", invoice_number="INV-5", provider="stripe", transaction_id="pi_5"
    )

    run("payouts_to_documents")

    assert found() == [
        ("document|id-INV-5", "unmatched_invoice", -7700),
        ("stripe||ch_1", "unmatched_line", 10080),
        ("stripe||ch_2", "amount_off", -1080),
        ("stripe||ch_3", "unmatched_line", 500),
        ("stripe||ch_4", "duplicate_line", 500),
        ("stripe||fee_1", "fee_without_account", -120),
    ]
    near = Difference.objects.get(category="amount_off")
    assert near.right["document"] == "INV-2"
    assert near.near_reason != ""


def test_fees_of_one_gateway_without_account_are_one_case() -> None:
    file = statement()
    for number in range(3):
        line(file, f"fee_{number}", -120, kind="fee")

    run("payouts_to_documents")

    case = ExceptionCase.objects.get(kind="difference_payouts_to_documents")
    assert (case.title, case.open_count) == ("Fee without account: stripe", 3)


def test_a_fee_whose_booking_was_undone_does_not_blame_the_account(finance: User) -> None:
    account("fee")
    line(statement(), "fee_1", -120, kind="fee")
    run("payouts_to_documents")
    made = Match.objects.get()

    by_hand.undo(made, actor=finance, reason="Another account")

    assert Difference.objects.get().title == "The booking of fee fee_1 was undone"


def test_a_match_by_hand_heals_the_difference(finance: User) -> None:
    line(statement(), "ch_1", 10080)
    document("INV-1", "SO-1")
    run("payouts_to_documents")

    match.by_hand(
        [GatewayLine.objects.get()], [PrimaDocument.objects.get()], actor=finance, reason="Seen it"
    )
    run("payouts_to_documents")

    assert found() == []
    assert Difference.objects.get().closed_by == "The line is matched"


def test_payouts_are_tied_to_bookings_by_reference_and_by_amount() -> None:
    file = statement()
    payout(file, "po_123456", 5000)
    booking(file, "b1", 5000, text="STRIPE po_123456")
    payout(file, "x", 7000)
    booking(file, "b2", 7000, booked_on=date(2026, 10, 17))
    payout(file, "y", 100)
    payout(file, "z", 100)
    booking(file, "b3", 100)

    run("payout_to_bank")

    ties = BankMatch.objects.order_by("payout_id")
    assert list(ties.values_list("payout__payout_id", "bank_line__line_id", "rule")) == [
        ("po_123456", "b1", "reference"),
        ("x", "b2", "amount and day"),
    ]
    assert found() == [
        ("stripe||y|GBP", "missing_at_bank", 100),
        ("stripe||z|GBP", "missing_at_bank", 100),
    ]


def test_late_short_and_unfooted_payouts_are_differences() -> None:
    file = statement()
    payout(file, "po_111111", 5000)
    booking(file, "b1", 4950, text="po_111111", booked_on=date(2026, 10, 30))
    payout(file, "po_222222", 6000, computed=5990, line_count=1)
    booking(file, "b2", 6000, text="po_222222")

    first = run("payout_to_bank", full=True)
    second = run("payout_to_bank", full=True)

    assert found() == [
        ("stripe||po_111111|GBP", "bank_amount", 50),
        ("stripe||po_111111|GBP", "late", 0),
        ("stripe||po_222222|GBP", "not_footing", 10),
    ]
    assert (first.opened, second.opened, second.healed) == (3, 0, 0)


def test_a_payout_whose_lines_are_told_elsewhere_cannot_differ_from_them() -> None:
    payout(statement(), "PPW1234567", 6000, computed=0, line_count=0, gateway="paypal")

    run("payout_to_bank", full=True)

    assert [category for _, category, _ in found()] == ["missing_at_bank"]


def test_a_payout_of_a_locked_month_is_tied_to_a_booking_that_comes_later(finance: User) -> None:
    # given
    file = statement()
    payout(file, "po_333333", 5000, paid_on=date(2026, 9, 30))
    period = periods.period_of("main", date(2026, 9, 30))
    Period.objects.filter(pk=period.pk).update(state="locked")

    # when
    booking(file, "b1", 5000, text="po_333333", booked_on=date(2026, 10, 1))
    run("payout_to_bank", full=True)

    # then
    assert BankMatch.objects.get().payout.payout_id == "po_333333"
    assert found() == []


def test_an_invoice_that_a_payout_held_with_another_amount_is_told_once() -> None:
    # given
    gateway_line = line(statement(), "ch_1", 9000, reference="CO-2")
    document("INV-2", "SO-2", external_ref="CO-2", outstanding=0)
    document("R-2", kind="receipt", invoice_number="INV-2", provider="stripe", transaction_id="p")

    # when
    run("payouts_to_documents")

    # then
    assert found() == [("stripe||ch_1", "amount_off", -1080)]

    # when it turns out that the line is another one's
    gateway_line.reference = "CO-9"
    gateway_line.save()
    run("payouts_to_documents", full=True)

    # then
    assert found() == [
        ("document|id-INV-2", "unmatched_invoice", -10080),
        ("stripe||ch_1", "unmatched_line", 9000),
    ]


def test_as_of_a_date_a_later_booking_does_not_count() -> None:
    file = statement()
    payout(file, "po_111111", 5000)
    booking(file, "b1", 5000, text="po_111111", booked_on=date(2026, 10, 21))
    run("payout_to_bank")
    assert found() == []

    before = run("payout_to_bank", as_of=date(2026, 10, 20))
    after = run("payout_to_bank", as_of=date(2026, 10, 21))

    assert (before.standing, after.standing) == (1, 0)
    assert datetime.now(UTC) > before.started_at


def test_a_payout_that_came_late_does_not_agree_as_well() -> None:
    file = statement()
    payout(file, "po_100001", 900)
    payout(file, "po_100002", 800)
    booking(file, "b1", 900, text="po_100001", booked_on=date(2026, 10, 30))
    booking(file, "b2", 800, text="po_100002")

    run("payout_to_bank")

    (one,) = [
        row for row in totals.by_control(totals.Narrowed()) if row.control.slug[-4:] == "bank"
    ]
    assert (one.agreed, one.agreed_amount, one.open) == (1, 800, 1)


def test_what_only_moves_money_needs_no_document_and_an_adjustment_does() -> None:
    file = statement()
    for kind in ("transfer", "conversion", "reserve", "reserve_release", "adjustment", "other"):
        line(file, kind, -500, kind=kind)

    run("payouts_to_documents")

    assert [key for key, _, _ in found()] == ["stripe||adjustment", "stripe||other"]
    assert [one.kind for one in counterparts.lines_to_match()] == ["adjustment", "other"]
    open_lines = [one.kind for one in payouts.listed_lines() if one.kind in payouts.MATCHABLE]
    assert sorted(open_lines) == ["adjustment", "other"]


def test_a_fee_that_two_people_booked_is_not_booked_by_a_rule_as_well_without_a_word() -> None:
    line(statement(), "fee_1", -120, kind="fee")
    run("payouts_to_documents")
    now = datetime.now(UTC)
    Difference.objects.update(state="adjusted", closed_at=now, closed_by="Book as gateway fee")
    run("payouts_to_documents", full=True)
    assert found() == []

    account("fee", "7600")
    run("payouts_to_documents", full=True)

    assert Match.objects.get().right_total == -120
    assert found() == [("stripe||fee_1", "fee_without_account", 120)]


def test_of_an_invoice_no_payout_held_the_gateway_owes_what_no_voucher_paid() -> None:
    line(statement(), "ch_1", 500, booked_on=date(2026, 10, 1), kind="transfer")
    document("INV-1", "SO-1", gross="100.00", outstanding=0)
    paid = {"kind": "receipt", "invoice_number": "INV-1"}
    document("R-1", provider="stripe", transaction_id="pi_1", gross="70.00", **paid)
    document("R-2", voucher_number="V-1", gross="30.00", **paid)

    run("payouts_to_documents")

    assert found() == [("document|id-INV-1", "unmatched_invoice", -7000)]


def voucher(number: str, invoice: str, gross: str, **changes: object) -> PrimaDocument:
    return document(
        number, kind="receipt", invoice_number=invoice, voucher_number="V-1", gross=gross, **changes
    )


def test_a_voucher_larger_than_its_invoice_is_a_difference_until_somebody_matches_it(
    finance: User,
) -> None:
    paper = document("INV-1", "SO-1", gross="100.00")
    bought = voucher("R-1", "INV-1", "120.00")

    run("payouts_to_documents")

    one = Difference.objects.get()
    assert found() == [("document|id-INV-1", "voucher_over", 2000)]
    assert one.title == "Vouchers pay more than invoice INV-1"
    assert (one.right["gross"], one.right["vouchers"]) == ("100.00", "120.00")

    match.by_hand([], [paper, bought], actor=finance, reason="Credit for the customer")
    run("payouts_to_documents")

    assert found() == []


def test_a_voucher_for_an_invoice_that_a_gateway_paid_in_full_is_one_too() -> None:
    document("INV-1", "SO-1", external_ref="CO-1", gross="100.00")
    line(statement(), "ch_1", 10000, reference="CO-1")
    run("payouts_to_documents")
    assert found() == []

    voucher("R-1", "INV-1", "30.00", read_at=datetime(2027, 1, 1, tzinfo=UTC))
    run("payouts_to_documents")

    assert found() == [("document|id-INV-1", "voucher_over", 3000)]
    assert Difference.objects.get().title == "Vouchers pay invoice INV-1 once more"


def test_vouchers_that_pay_the_invoice_and_those_of_another_currency_are_none() -> None:
    document("INV-1", "SO-1", gross="100.00")
    voucher("R-1", "INV-1", "60.00")
    voucher("R-2", "INV-1", "40.00")
    document("INV-2", "SO-2", gross="100.00")
    voucher("R-3", "INV-2", "120.00", currency="EUR")

    run("payouts_to_documents")

    assert found() == []
