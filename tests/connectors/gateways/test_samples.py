"""Each sample is recognised for what it is and read to the penny; figures added up by hand."""

import pytest

CASES = [
    (
        "stripe_itemised.csv", "stripe_payout_reconciliation", "foots", 8,
        {"charge GBP": "1161.80", "refund GBP": "-20.00", "chargeback GBP": "-65.00",
         "fee GBP": "-1.80", "payout GBP": "-1075.00", "charge JPY": "4820", "payout JPY": "-4820"},
        {"po_gbp": "1075.00", "po_jpy": "4820"},
    ),
    (
        "stripe_balance.csv", "stripe_balance_transactions", "foots", 7,
        {"charge GBP": "1180.00", "refund GBP": "-200.50", "payout GBP": "-979.50",
         "charge JPY": "1446", "payout JPY": "-1446", "charge KWD": "12.000",
         "payout KWD": "-12.000"},
        {"po_11": "979.50", "po_14": "1446", "po_16": "12.000"},
    ),
    (
        "stripe_balance.json", "stripe_balance_transactions", "foots", 3,
        {"payout GBP": "-96.50", "refund GBP": "-20.00", "charge GBP": "116.50"},
        {"po_21": "96.50"},
    ),
    ("stripe_payouts.csv", "stripe_payouts", "no_totals", 0, {},
     {"po_31": "3029.43", "po_32": "5000"}),
    (
        "paypal_settlement.csv", "paypal_settlement", "foots", 9,
        {"charge GBP": "164.52", "refund GBP": "-19.40", "charge JPY": "4780",
         "conversion JPY": "-4780", "conversion GBP": "24.50", "chargeback GBP": "-66.05",
         "reserve GBP": "-10.00", "payout GBP": "-80.00"},
        {"4AI": "80.00"},
    ),
    (
        "paypal_activity_en.csv", "paypal_activity", "no_totals", 5,
        {"charge USD": "1261.04", "refund USD": "-100.00", "conversion USD": "-1161.04",
         "conversion GBP": "860.20", "payout GBP": "-860.20"},
        {"T5": "860.20"},
    ),
    (
        "paypal_activity_de.csv", "paypal_activity", "no_totals", 3,
        {"charge EUR": "1170.00", "refund EUR": "-200.00", "payout EUR": "-970.00"},
        {"D3": "970.00"},
    ),
    (
        "adyen_settlement.csv", "adyen_settlement_detail", "foots", 9,
        {"charge GBP": "251.22", "refund GBP": "-20.10", "chargeback GBP": "-37.50",
         "chargeback_reversal GBP": "15.00", "fee GBP": "-3.62", "transfer GBP": "10.00",
         "payout GBP": "-215.00"},
        {"77": "215.00"},
    ),
    (
        "shopify.csv", "shopify_payments", "foots", 5,
        {"charge GBP": "200.90", "refund GBP": "-20.00", "chargeback GBP": "-55.00",
         "payout GBP": "-125.90"},
        {"8801": "125.90"},
    ),
    (
        "shopify.json", "shopify_payments", "foots", 3,
        {"charge GBP": "58.60", "adjustment GBP": "-1.75", "payout GBP": "-56.85"},
        {"901": "56.85"},
    ),
    (
        "worldpay.csv", "worldpay_settlement", "foots", 5,
        {"charge GBP": "196.00", "refund GBP": "-20.00", "chargeback GBP": "-40.00",
         "payout GBP": "-136.00"},
        {"B1": "136.00"},
    ),
    (
        "klarna.csv", "klarna_settlement", "foots", 6,
        {"charge GBP": "1200.00", "fee GBP": "-36.00", "refund GBP": "-200.00"},
        {"KREF1": "964.00"},
    ),
    ("klarna.json", "klarna_settlement", "no_totals", 2,
     {"charge GBP": "20.00", "fee GBP": "-1.50"}, {"KREF2": "None"}),
    (
        "gocardless.json", "gocardless_payout_items", "no_totals", 3,
        {"charge GBP": "45.00", "fee GBP": "-0.46", "refund GBP": "-10.00"},
        {"PO1": "None"},
    ),
    ("square.csv", "square_transactions", "no_totals", 3,
     {"charge GBP": "1237.95", "refund GBP": "-10.00"}, {"DEP1": "None"}),
    ("opayo.csv", "opayo_transactions", "no_totals", 3,
     {"charge GBP": "198.00", "refund GBP": "-20.00"}, {"OB1": "None"}),
    (
        "gocardless_breakdown.csv", "gocardless_payout_breakdown", "no_totals", 4,
        {"charge GBP": "78.70", "refund GBP": "-10.00", "chargeback GBP": "-20.00"},
        {"PO91": "None"},
    ),
    (
        "mollie_settlement.csv", "mollie_settlement", "no_totals", 5,
        {"charge EUR": "146.80", "refund EUR": "-10.25", "chargeback EUR": "-25.00",
         "fee EUR": "-2.88"},
        {"7654321.2607.01": "None"},
    ),
    (
        "mollie.json", "mollie_balance_transactions", "no_totals", 3,
        {"charge EUR": "98.20", "refund EUR": "-10.25", "payout EUR": "-87.95"},
        {"stl_1": "87.95"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "slug", "footing", "count", "sums", "payouts"), CASES, ids=[case[0] for case in CASES]
)
def test_a_payout_file_is_read_to_the_penny(
    name, slug, footing, count, sums, payouts, sample, read
) -> None:
    # when
    told = read(sample(name), name)

    # then
    assert told.problem is None
    assert told.format.slug == slug
    assert told.footed.footing == footing
    assert told.footed.lines == len(told.lines) == count
    assert told.by_kind() == sums
    assert {payout.payout_id: str(payout.stated) for payout in told.payouts} == payouts
    assert all(line.net == line.gross - line.fee for line in told.lines)
    assert len({line.line_id for line in told.lines}) == count


@pytest.mark.parametrize(
    ("name", "slug", "bookings", "balances"),
    [
        (
            "camt053.xml",
            "camt053",
            [("N1", "1075.00"), ("N2", "-100.05"), ("N3", "36.00")],
            [("S-1", "1000.00", "2010.95")],
        ),
        (
            "mt940.sta",
            "mt940",
            [
                ("ST1/1/1:260304:1000:1", "1075.00"),
                ("ST1/1/1:260304:1000:2", "-100.05"),
                ("ST1/1/1:260304:1000:3", "5.05"),
                ("ST1/1/1:260304:1000:4", "-30"),
            ],
            [("ST1/1/1", "1000", "1950"), ("ST2/2/1", "1950.00", "1950.00")],
        ),
    ],
)
def test_a_bank_statement_is_read_to_the_penny(
    name, slug, bookings, balances, sample, read
) -> None:
    # when
    told = read(sample(name), name)

    # then
    assert told.problem is None
    assert told.format.slug == slug
    assert told.footed.whole
    assert [(line.entry_ref, str(line.amount)) for line in told.bookings] == bookings
    assert [
        (one.statement_id, str(one.opening), str(one.closing)) for one in told.statements
    ] == balances
