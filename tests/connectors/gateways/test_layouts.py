"""Layouts of one gateway's report: older and newer columns, and how they are written."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest

from integration.records.payout import LineKind

_SHOPIFY = (
    "Transaction Date,Type,Order,Card Brand,Card Source,Payout Status,Payout Date,Available On,"
    "Amount,Fee,Net,Currency\n"
)


def _rows(header: str, *rows: str) -> bytes:
    return "\n".join([header.rstrip("\n"), *rows, ""]).encode()


def test_shopifys_older_export_names_a_payout_by_its_day(read) -> None:
    told = read(
        _rows(
            _SHOPIFY,
            "2026-03-01 10:00:00 -0400,charge,#1,visa,online,paid,2026-03-03,2026-03-03,45.00,1.61,43.39,USD",
            "2026-03-02 10:00:00 -0400,refund,#1,visa,online,paid,2026/3/4,2026-03-04,-10.00,0.00,-10.00,USD",
            "2026-03-02 11:00:00 -0400,charge,#2,visa,online,pending,2026-03-05,2026-03-05,9.00,0.50,8.50,USD",
        )
    )

    assert told.problem is None
    assert [line.payout_id for line in told.lines] == ["2026-03-03", "2026-03-04", ""]


def test_what_a_customer_got_back_has_the_sign_of_the_refund(read, sample) -> None:
    data = sample("shopify.csv").replace(b",card,-20.00,GBP,GBP", b",card,20.00,GBP,GBP")

    assert read(data).lines[2].original_amount == Decimal("-20.00")


def test_stripes_report_without_fee_and_time_columns_is_whole(read) -> None:
    told = read(
        _rows(
            '"automatic_payout_id","automatic_payout_effective_at_utc","balance_transaction_id",'
            '"currency","gross","net","reporting_category"',
            '"po_1","2026-03-05 00:00:00","txn_1","gbp","120.00","116.40","charge"',
            '"po_1","2026-03-05 00:00:00","txn_2","gbp","-116.40","-116.40","payout"',
        )
    )

    assert told.problem is None
    assert told.footed.whole
    assert told.footed.remarks == ()
    assert told.lines[0].fee == Decimal("3.60")
    assert told.lines[0].available_on == date(2026, 3, 5)


@pytest.mark.parametrize(
    "word", ["payment_network_reserved_funds", "minimum_balance_hold", "climate_order_purchase"]
)
def test_stripes_rarer_categories_are_known(word, read, sample) -> None:
    data = sample("stripe_itemised.csv").replace(b",fee,", f",{word},".encode(), 1)

    assert read(data).problem is None


def test_mollie_counts_in_amsterdam_and_keeps_the_customers_currency(read, sample) -> None:
    told = read(sample("mollie_settlement.csv"))

    first, foreign = told.lines[:2]
    assert first.occurred_at == datetime(2026, 7, 2, 8, 30, tzinfo=UTC)
    assert (first.reference, first.transaction_id) == ("W-9301", "tr_m1")
    assert (foreign.net, foreign.original_amount, foreign.original_currency) == (
        Decimal("46.80"),
        Decimal("40.00"),
        "GBP",
    )


def test_payments_that_mollie_has_not_paid_out_are_told_and_left_out(read, sample) -> None:
    data = sample("mollie_settlement.csv").replace(b"EUR,46.80,7654321.2607.01,", b",,,", 1)

    told = read(data)

    assert told.problem is None
    assert len(told.lines) == 4
    assert told.footed.remarks == ("1 row is in no payout yet and left out.",)


def test_a_mollie_report_with_decimal_commas_is_read_to_the_penny(read, sample) -> None:
    data = sample("mollie_settlement.csv").decode().replace(",", ";").replace(".00", ",00")

    assert read(data.encode()).lines[0].net == Decimal("100.00")


def test_gocardless_keeps_customer_order_and_payment(read, sample) -> None:
    charge, _, refund, returned = read(sample("gocardless_breakdown.csv")).lines

    assert (charge.reference, charge.transaction_id, charge.fee) == (
        "W-9401",
        "PM1",
        Decimal("0.80"),
    )
    assert charge.customer_email == "ann@example.org"
    assert (refund.transaction_id, refund.parent_transaction_id) == ("RF1", "PM0")
    assert returned.kind is LineKind.CHARGEBACK
    assert charge.available_on == date(2026, 3, 9)


def test_gocardless_fees_may_have_vat_in_a_column_of_their_own(read, sample) -> None:
    header, first, *_ = sample("gocardless_breakdown.csv").decode().splitlines()
    row = first.replace("49.20", "49.04") + ",0.16"

    line = read(_rows(header + ",gocardless_fees_tax", row)).lines[0]

    assert (line.fee, line.fee_tax, line.net) == (
        Decimal("0.96"),
        Decimal("0.16"),
        Decimal("49.04"),
    )


@pytest.mark.parametrize(
    ("net", "code"), [("58.95", "read"), ("57.90", "read"), ("57.80", "does_not_foot")]
)
def test_square_may_state_its_international_fee_beside_the_others(net, code, read, sample) -> None:
    header, first, *_ = sample("square.csv").decode().splitlines()

    told = read(
        _rows(header + ",International Fee", first.replace("£58.95", f"£{net}") + ",-£1.05")
    )

    assert told.code == code
    assert told.problem or told.lines[0].net == Decimal(net)


_TILL = (
    "Date,Time,Time Zone,Gross Sales,Total Collected,Card,Cash,Square Gift Card,Other Tender,Fees,"
    "Net Total,Transaction ID,Payment ID,Event Type,Deposit ID"
)
_CARD = "2026-03-02,14:30:00,London,£60.00,£60.00,£60.00,£0.00,£0.00,£0.00,-£1.05,£58.95,T1,P1"
_CASH = "2026-03-02,15:30:00,London,£8.00,£8.00,£0.00,£8.00,£0.00,£0.00,£0.00,£8.00,T2,P2"
_SPLIT = "2026-03-02,16:30:00,London,£70.00,£70.00,£50.00,£8.00,£7.00,£5.00,-£0.88,£69.12,T3,P3"
_BACK = "2026-03-02,17:30:00,London,-£8.00,-£8.00,£0.00,-£8.00,£0.00,£0.00,£0.00,-£8.00,T2,P4"
_OTHER = "2026-03-02,18:30:00,London,£9.00,£9.00,£0.00,£0.00,£0.00,£9.00,-£0.54,£8.46,T5,P5"


def test_square_pays_out_nothing_that_the_till_took(read) -> None:
    told = read(
        _rows(
            _TILL,
            _CARD + ",Payment,D1",
            _CASH + ",Payment,",
            _SPLIT + ",Payment,D1",
            _BACK + ",Refund,",
            _OTHER + ",Payment,D1",
        )
    )

    assert [(line.line_id, line.gross, line.fee, line.net) for line in told.lines] == [
        ("P1", Decimal("60.00"), Decimal("1.05"), Decimal("58.95")),
        ("P3", Decimal("50.00"), Decimal("0.88"), Decimal("49.12")),
        ("P5", Decimal("9.00"), Decimal("0.54"), Decimal("8.46")),
    ]
    assert "in cash" in told.footed.remarks[0]


def test_a_day_of_cash_alone_has_nothing_to_import(read) -> None:
    told = read(_rows(_TILL, _CASH + ",Payment,"))

    assert told.code == "empty"
    assert "in cash" in told.problem.sentence


def test_the_vat_that_klarna_states_twice_counts_once(read, sample) -> None:
    data = sample("klarna.csv").replace(b";25,00;;GBP", b";25,00;5,00;GBP")

    told = read(data)

    assert told.footed.whole
    assert sum(line.fee_tax for line in told.lines) == Decimal("6.00")


def test_lines_above_the_header_and_its_empty_last_title_change_nothing(read, sample) -> None:
    table = sample("worldpay.csv").decode().replace(",", ";")
    header, *rows = table.splitlines()

    told = read("\n".join(["", "Settlement, March", header + ";", *rows, ""]).encode())

    assert told.problem is None
    assert told.by_kind() == read(sample("worldpay.csv")).by_kind()


@pytest.mark.parametrize(
    "name",
    ["stripe_itemised.csv", "paypal_activity_en.csv", "adyen_settlement.csv", "shopify.csv",
     "mollie_settlement.csv", "gocardless_breakdown.csv", "square.csv", "worldpay.csv"],
)  # fmt: skip
def test_a_report_without_rows_is_nothing_to_import(name, read, sample) -> None:
    told = read(sample(name).splitlines(keepends=True)[0])

    assert told.code == "empty"
    assert "nothing to import" in str(told.problem)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7\n", "a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "a web page"),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.052.001.02"/>', "camt.052"),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.04"/>', "camt.054"),
        (b":20:ST1\r\n:25:GB33\r\n:28C:1/1\r\n:34F:GBP0,\r\n:61:260302C1,NTRFNONREF\r\n", "MT942"),
        (b"OFXHEADER:100\nDATA:OFXSGML\n", "OFX"),
        (b"Payout Date,Status,Charges,Refunds,Adjustments,Fees,Total,Currency\n", "list of payouts"),
        (b"reporting_category,currency,count,gross,fee,net\n", "summary"),
    ],
)  # fmt: skip
def test_a_known_stranger_is_told_what_to_fetch_instead(data, words, read) -> None:
    told = read(data)

    assert told.code == "not_recognised"
    assert words in str(told.problem)


def test_an_archive_is_to_be_unpacked_and_a_damaged_workbook_fetched_again(read) -> None:
    archive = BytesIO()
    with ZipFile(archive, "w") as packed:
        packed.writestr("statement.xml", "<Document/>")

    assert "Unpack it" in str(read(archive.getvalue()).problem)
    assert "damaged" in str(read(archive.getvalue()[:40]).problem)


@pytest.mark.parametrize(
    ("columns", "values", "reference"),
    [
        ("payment_metadata[OrderNumber]", "W-1", "W-1"),
        ("payment_metadata[note],payment_metadata[external_identifier]", "hello,W-2", "W-2"),
        ("payment_metadata[basket]", "W-3", "W-3"),
        ("payment_metadata[basket],payment_metadata[note]", "W-4,hello", ""),
    ],
)
def test_the_order_is_found_under_whatever_name_the_shop_gave_it(
    columns, values, reference, read
) -> None:
    told = read(
        _rows(
            f"balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,{columns}",
            f"txn_1,2026-03-02 10:00:00,gbp,10.00,0.30,9.70,charge,{values}",
        )
    )

    assert told.lines[0].reference == reference


@pytest.mark.parametrize(
    ("net", "code"), [("117.60", "read"), ("117.50", "read"), ("117.40", "does_not_foot")]
)
def test_adyen_may_take_payment_fees_beside_the_others(net, code, read, sample) -> None:
    header, first, *_ = sample("adyen_settlement.csv").decode().splitlines()
    taken = first.replace("117.60", net)
    assert "117.60" in first

    told = read(_rows(f"{header},Payment Fees (NC)", f"{taken},0.10"))

    # The one row is no whole batch: where the row itself adds up, the batch is what is refused.
    assert ("Payout" in str(told.problem)) == (code == "read")


def test_what_paypal_has_not_moved_yet_is_told_and_left_out(read) -> None:
    told = read(
        _rows(
            "Date,Time,TimeZone,Name,Type,Status,Currency,Gross,Fee,Net,Transaction ID,Balance",
            "13/03/2026,10:00:00,GMT,Ann,Website Payment,Completed,GBP,10.00,-0.50,9.50,T1,9.50",
            "13/03/2026,11:00:00,GMT,Bob,Website Payment,Pending,GBP,5.00,-0.40,4.60,T2,",
            "14/03/2026,11:00:00,GMT,,General Withdrawal,Pending,GBP,-9.50,0.00,-9.50,T3,0.00",
        )
    )

    assert told.problem is None
    assert [line.transaction_id for line in told.lines] == ["T1", "T3"]
    assert told.footed.remarks == ("Rows that are pending and lead to no balance were left out.",)


def test_stripes_list_with_its_charges_inside_tells_their_order(read, sample) -> None:
    data = sample("stripe_balance.json")
    inside = b'"source": {"id": "ch_21", "metadata": {"order_id": "W-2101"}}'
    assert b'"source": "ch_21"' in data

    line = next(
        one
        for one in read(data.replace(b'"source": "ch_21"', inside)).lines
        if one.transaction_id == "ch_21"
    )

    assert line.reference == "W-2101"


def test_paypals_settlement_of_a_day_without_movements_is_nothing_to_import(read) -> None:
    told = read(
        b'"RH",2026/03/03 04:00:00 -0800,"A","SHOP1",009,\n"FH",01\n'
        b'"SH",2026/03/02 00:00:00 -0800,2026/03/02 23:59:59 -0800,"SHOP1",""\n'
        b'"CH","Transaction ID","Invoice ID"\n'
        b'"SF","GBP",0,0,0,0,"CR",0,"CR",0,"CR",0,"CR",0,"CR",0,"CR",0,0\n'
        b'"SC",0\n"RF","GBP",0,0,0,0,"CR",0,"CR",0,"CR",0,"CR",0,"CR",0,"CR",0,0\n"RC",0\n'
        b'"FF",0\n"FC",0\n'
    )

    assert told.code == "empty"


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("ManualCorrected", LineKind.ADJUSTMENT),
        ("AuthorisationSchemeFee", LineKind.FEE),
        ("InternalCompanyPayout", LineKind.TRANSFER),
        ("PaidOutReversed", LineKind.OTHER),
    ],
)
def test_adyens_rarer_types_are_known(word, kind, read, sample) -> None:
    data = sample("adyen_settlement.csv").replace(b",Fee,", f",{word},".encode())

    told = read(data)

    assert told.problem is None
    assert kind in {line.kind for line in told.lines}


@pytest.mark.parametrize(
    ("descriptor", "trace", "reference"),
    [("SHOP LTD", "", ""), ("SHOP 0731", "", "SHOP 0731"), ("SHOP LTD", "09100001", "09100001")],
)
def test_only_what_tells_a_payout_from_others_is_its_reference_at_the_bank(
    descriptor, trace, reference, read
) -> None:
    told = read(
        _rows(
            "id,Amount,Created (UTC),Currency,Arrival Date (UTC),Status,Type,Method,Description,"
            "Statement Descriptor,Trace ID",
            "po_1,39.30,2026-07-10 00:18,gbp,2026-07-10 00:00,paid,bank_account,standard,"
            f"STRIPE PAYOUT,{descriptor},{trace}",
        )
    )

    assert (told.payouts[0].stated, told.payouts[0].bank_reference) == (Decimal("39.30"), reference)


def _gocardless(amount: int) -> bytes:
    items = (
        '{"amount": "4500.0", "links": {"payment": "PM1"}, "type": "payment_paid_out"}, '
        '{"amount": "-45.5", "links": {"payment": "PM1"}, "type": "gocardless_fee"}, '
        '{"amount": "-45.5", "links": {"payment": "PM2"}, "type": "gocardless_fee"}'
    )
    return (
        f'{{"payout_items": [{items}], "meta": {{"cursors": {{"after": null}}}}, "payouts": '
        f'{{"id": "PO9", "amount": {amount}, "currency": "GBP", "arrival_date": "2026-03-09", '
        '"reference": "SHOP-7K2", "links": {"creditor": "CR1"}}}'
    ).encode()


def test_gocardless_items_come_to_the_payout_beside_them(read) -> None:
    told = read(_gocardless(4409))

    assert told.footed.whole
    assert {line.payout_id for line in told.lines} == {"PO9"}
    (payout,) = told.payouts
    assert (payout.stated, payout.bank_reference, payout.paid_on) == (
        Decimal("44.09"),
        "SHOP-7K2",
        date(2026, 3, 9),
    )
    assert read(_gocardless(4410)).code == "does_not_foot"
