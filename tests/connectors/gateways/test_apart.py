"""What belongs to one payout is kept apart from what belongs to another."""

from io import BytesIO

from openpyxl import Workbook

from integration.records.payout import LineKind


def test_gocardless_items_are_in_the_currency_of_their_own_payout(read) -> None:
    told = read(
        b'{"payout_items": ['
        b'{"amount": "4500.0", "links": {"payment": "PM1", "payout": "PO1"}, '
        b'"type": "payment_paid_out"}, '
        b'{"amount": "3000.0", "links": {"payment": "PM2", "payout": "PO2"}, '
        b'"type": "payment_paid_out"}], "payouts": ['
        b'{"id": "PO1", "amount": 4500, "currency": "GBP", "arrival_date": "2026-03-09"}, '
        b'{"id": "PO2", "amount": 3000, "currency": "EUR", "arrival_date": "2026-03-09"}]}'
    )

    assert told.problem is None
    assert [line.currency for line in told.lines] == ["GBP", "EUR"]
    assert told.footed.whole


def test_mollies_payment_and_what_was_taken_back_of_it_later_have_names_of_their_own(
    read, sample
) -> None:
    header, paid, _, refund, *_ = sample("mollie_settlement.csv").decode().splitlines()
    back = refund.replace("re_m1", "tr_m1").replace("7654321.2607.01", "7654321.2608.01")

    first, later = (read(f"{header}\n{row}\n".encode()).lines[0] for row in (paid, back))

    assert (first.transaction_id, later.transaction_id) == ("tr_m1", "tr_m1")
    assert first.line_id != later.line_id


def test_a_gocardless_payment_taken_back_names_the_payment_it_was(read, sample) -> None:
    returned = read(sample("gocardless_breakdown.csv")).lines[3]
    item = (
        b'{"amount": "-2000.0", "links": {"payment": "PM9", "payout": "PO1"}, '
        b'"type": "payment_charged_back", "currency": "GBP"}'
    )
    told = read(b'{"payout_items": [' + item + b"]}")

    for line in (returned, told.lines[0]):
        assert (line.kind, line.parent_transaction_id) == (LineKind.CHARGEBACK, "PM9")


def test_a_workbook_whose_table_goes_on_in_another_sheet_is_refused(read, sample) -> None:
    header, *rows = [line.split(",") for line in sample("shopify.csv").decode().splitlines()]
    book, stream = Workbook(write_only=True), BytesIO()
    for title, kept in (("March", rows[:1]), ("April", rows[1:2])):
        sheet = book.create_sheet(title)
        for cells in (header, *kept):
            sheet.append(cells)
    book.save(stream)

    told = read(stream.getvalue())

    assert told.code == "ambiguous"
    assert "“March” and “April”" in str(told.problem)
