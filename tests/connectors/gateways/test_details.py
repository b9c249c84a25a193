"""What the lines of each format carry besides their amounts."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook

from connectors.gateways.delimited import raw_rows
from integration.records.payout import LineKind


def _line(told, line_id):
    return next(line for line in told.lines if line.line_id == line_id)


def test_stripe_takes_the_utc_column_and_the_order_from_metadata(read, sample) -> None:
    line = read(sample("stripe_itemised.csv")).lines[0]

    assert line.occurred_at == datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    assert line.reference == "W-1001"
    assert line.transaction_id == "pi_01"
    assert line.customer_email == "ann@example.org"
    assert line.available_on == date(2026, 3, 5)
    assert line.description == 'Spring, blue "kit"'


def test_stripes_list_tells_the_vat_on_its_fee_and_belongs_to_its_payout(read, sample) -> None:
    line = _line(read(sample("stripe_balance.json")), "txn_21")

    assert (line.fee, line.fee_tax) == (Decimal("3.50"), Decimal("0.50"))
    assert line.payout_id == "po_21"
    assert line.rate == Decimal("0.86")


def test_paypals_settlement_turns_its_offsets_into_utc_and_ties_a_refund_to_its_charge(
    read, sample
) -> None:
    told = read(sample("paypal_settlement.csv"))

    charge, refund = told.lines[0], told.lines[2]
    assert charge.occurred_at == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    assert charge.account == "SHOPACCOUNT1"
    assert refund.parent_transaction_id == charge.transaction_id
    assert (refund.gross, refund.fee) == (Decimal("-20.00"), Decimal("-0.60"))


def test_a_german_download_is_read_in_its_own_encoding_notation_and_zone(read, sample) -> None:
    line = read(sample("paypal_activity_de.csv")).lines[0]

    assert line.occurred_at == datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
    assert (line.gross, line.fee) == (Decimal("1200.50"), Decimal("30.50"))
    assert line.description == "Zahlung per Express-Checkout Jürgen Groß"


def test_adyen_adds_up_either_kind_of_fee_and_keeps_the_customers_currency(read, sample) -> None:
    lines = read(sample("adyen_settlement.csv")).lines

    blended, interchange, converted = lines[:3]
    assert blended.fee == Decimal("2.40")
    assert interchange.fee == Decimal("0.79")
    assert converted.gross == Decimal("85.61")
    assert (converted.original_amount, converted.original_currency) == (Decimal("100.00"), "EUR")
    assert converted.rate == Decimal("0.8561")
    assert blended.occurred_at == datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
    assert lines[3].parent_transaction_id == "PSP1"


def test_a_workbook_is_read_like_the_table_it_holds(read, sample) -> None:
    # given
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for _, cells in raw_rows(BytesIO(sample("adyen_settlement.csv"))):
        sheet.append([_typed(cell) for cell in cells])
    stream = BytesIO()
    book.save(stream)

    # when
    told, plain = read(stream.getvalue(), "batch.xlsx"), read(sample("adyen_settlement.csv"))

    # then
    assert told.problem is None
    assert told.footed.whole
    assert [line.net for line in told.lines] == [line.net for line in plain.lines]
    assert [line.reference for line in told.lines] == [line.reference for line in plain.lines]


def _typed(cell: str) -> object:
    try:
        return datetime.fromisoformat(cell) if len(cell) == 19 else Decimal(cell)
    except (ArithmeticError, ValueError):
        return cell or None


def test_a_fee_stated_as_a_negative_cost_still_costs(read, sample) -> None:
    assert _line(read(sample("shopify.json")), "2").fee == Decimal("0.25")


def test_the_vat_that_only_klarnas_summary_tells_is_a_line(read, sample) -> None:
    told = read(sample("klarna.csv"))

    tax = told.lines[-1]
    assert (tax.kind, tax.net, tax.fee_tax) == (LineKind.FEE, Decimal("-6.00"), Decimal("6.00"))
    assert told.payouts[0].bank_reference == "KREF1"
    assert told.payouts[0].paid_on == date(2026, 3, 5)


def test_parts_of_a_penny_are_carried_on_until_they_are_whole(read, sample) -> None:
    one = b'"amount": "-45.5"'
    data = sample("gocardless.json").replace(b'"-1000.0"', b'"-45.5"')
    assert one in data

    told = read(data)

    assert [line.net for line in told.lines[1:]] == [Decimal("-0.46"), Decimal("-0.45")]
    assert told.payouts[0].computed == Decimal("44.09")
    assert told.lines[0].occurred_at is None


def test_square_counts_days_in_its_own_zone(read, sample) -> None:
    data = sample("square.csv").replace(
        b"2026-03-02,14:30:00,London", b"2026-07-02,14:30:00,London"
    )

    assert read(data).lines[0].occurred_at == datetime(2026, 7, 2, 13, 30, tzinfo=UTC)


def test_opayo_writes_the_day_first(read, sample) -> None:
    line = read(sample("opayo.csv")).lines[0]

    assert line.occurred_at == datetime(2026, 7, 2, 9, 0, tzinfo=UTC)
    assert line.available_on == date(2026, 7, 3)


def test_a_batch_booking_keeps_its_payments(read, sample) -> None:
    single, batch, _ = read(sample("camt053.xml")).bookings

    assert (single.end_to_end_id, single.text, single.counterparty) == (
        "po_gbp",
        "STRIPE PAYOUT",
        "Stripe",
    )
    assert (batch.batch_id, batch.batch_size) == ("B1", 2)
    assert [(one.end_to_end_id, one.amount) for one in batch.details] == [
        ("E1", Decimal("-60.00")),
        ("E2", Decimal("-40.05")),
    ]


def test_mt940_keeps_references_and_the_whole_text(read, sample) -> None:
    line = read(sample("mt940.sta")).bookings[0]

    assert (line.end_to_end_id, line.bank_reference) == ("po_gbp", "BANK1")
    assert line.text == "SUPPLEMENT STRIPE PAYOUT SECOND LINE"
    assert (line.booked_on, line.value_on) == (date(2026, 3, 5), date(2026, 3, 5))


def test_a_cover_before_the_table_of_a_workbook_is_passed_over(read, sample) -> None:
    # given
    book = Workbook()
    book.create_sheet(index=0).append(["Settlement detail report", "Batch 77"])
    hidden = book.create_sheet()
    hidden.append(["a", "b", "c", "d", "e"])
    hidden.sheet_state = "hidden"
    sheet = book.create_sheet()
    for _, cells in raw_rows(BytesIO(sample("adyen_settlement.csv"))):
        sheet.append(cells)
    stream = BytesIO()
    book.save(stream)

    # when
    told = read(stream.getvalue(), "batch.xlsx")

    # then
    assert told.problem is None
    assert told.footed.whole


def test_a_last_line_of_blanks_is_no_row(read, sample) -> None:
    told = read(sample("shopify.csv") + b"  \n")

    assert told.footed.whole
