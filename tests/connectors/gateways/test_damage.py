"""No damaged, shortened or changed file is taken for a whole one."""

import pytest

from tests.connectors.gateways.conftest import SAMPLES

NAMES = sorted(path.name for path in SAMPLES.iterdir() if path.name != "generic.csv")
PROVING = [
    "stripe_itemised.csv", "stripe_balance.csv", "stripe_balance.json", "paypal_settlement.csv",
    "paypal_activity_en.csv", "paypal_activity_de.csv", "adyen_settlement.csv", "shopify.csv",
    "shopify.json", "worldpay.csv", "klarna.csv", "camt053.xml", "mt940.sta",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("share", [0.3, 0.5, 0.8, 0.95])
def test_a_file_cut_somewhere_is_not_whole(name, share, sample, read) -> None:
    data = sample(name)

    told = read(data[: int(len(data) * share)], name)

    assert told.problem is not None or not told.footed.whole


@pytest.mark.parametrize("name", NAMES)
def test_a_file_cut_in_its_last_line_is_not_whole_unless_nothing_of_value_is_lost(
    name, sample, read
) -> None:
    whole = read(sample(name), name)
    data = sample(name).rstrip(b"\r\n-")
    last = max(data.rfind(b"\n"), 0)

    for cut in range(last + 2, len(data)):
        told = read(data[:cut], name)
        lost = (told.by_kind(), told.payouts, told.statements) != (
            whole.by_kind(),
            whole.payouts,
            whole.statements,
        )
        assert told.problem is not None or not told.footed.whole or not lost, data[last:cut]


@pytest.mark.parametrize("name", NAMES)
def test_line_ends_marks_and_encodings_change_nothing(name, sample, read) -> None:
    plain = read(sample(name), name)
    data = sample(name).replace(b"\r\n", b"\n")
    text = data.decode("cp1252" if name == "paypal_activity_de.csv" else "utf-8")
    forms = [
        data,
        data.replace(b"\n", b"\r\n"),
        text.encode("utf-8-sig"),
        text.replace('encoding="UTF-8"', "").encode("utf-16"),
    ]

    for form in forms:
        told = read(form, name)
        assert told.problem is None
        assert told.by_kind() == plain.by_kind()
        assert len(told.bookings) == len(plain.bookings)
        assert told.footed.footing == plain.footed.footing


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        ("stripe_itemised.csv", ",gbp,120.00,", ",gbp,120.10,", "does_not_foot"),
        ("stripe_itemised.csv", "-1075.00,0.00,-1075.00", "-1076.00,0.00,-1076.00", "does_not_foot"),
        ("stripe_itemised.csv", "txn_05,fee", "txn_05,gift", "unknown_row_type"),
        ("stripe_itemised.csv", ",gbp,-20.00", ",gbq,-20.00", "unknown_currency"),
        ("stripe_itemised.csv", "5000,180,4820", "5000.5,180,4820.5", "bad_amount"),
        ("stripe_itemised.csv", ",16.10,", ",16.1O,", "bad_amount"),
        ("stripe_itemised.csv", "2026-03-03 09:15:00,2026", "2026-13-03 09:15:00,2026", "bad_date"),
        ("stripe_balance.csv", "-20050,", "-20051,", "does_not_foot"),
        ("stripe_balance.csv", "1500,", "1500.00,", "bad_amount"),
        ("stripe_balance.json", '"net": 11650', '"net": 11651', "does_not_foot"),
        ("stripe_balance.json", '"type": "refund"', '"type": "rebate"', "unknown_row_type"),
        ("paypal_settlement.csv", '"DR",2000,"GBP"', '"DR",2001,"GBP"', "does_not_foot"),
        ("paypal_settlement.csv", '"DR",175,"GBP"', '"DR",185,"GBP"', "does_not_foot"),
        ("paypal_settlement.csv", '"SF","GBP",19455', '"SF","GBP",19465', "does_not_foot"),
        ("paypal_settlement.csv", '"SC",9', '"SC",8', "wrong_count"),
        ("paypal_settlement.csv", '"SC",9\n', "", "cut_short"),
        ("paypal_settlement.csv", '"FC",9\n', "", "cut_short"),
        ("paypal_settlement.csv", '"RC",9\n', "", "cut_short"),
        ("paypal_settlement.csv", '"T1201"', '"T8801"', "unknown_row_type"),
        ("paypal_settlement.csv", '"SC",9', '"SX",9', "unknown_row_type"),
        ("paypal_settlement.csv", '"JPY","DR"', '"JPX","DR"', "unknown_currency"),
        ("paypal_activity_en.csv", '"1,309.80"', '"1,308.80"', "does_not_foot"),
        ("paypal_activity_en.csv", '"1,161.04","Debit"', '"1,161.05","Debit"', "does_not_foot"),
        ("paypal_activity_en.csv", "Payment Refund", "Pixie Dust", "unknown_row_type"),
        ("paypal_activity_en.csv", '"1,309.80"', '"1,30.980"', "bad_amount"),
        ("adyen_settlement.csv", ",,120.00,1,", ",,121.00,1,", "does_not_foot"),
        ("adyen_settlement.csv", ",20.10,,0.10", ",20.20,,0.10", "does_not_foot"),
        ("adyen_settlement.csv", ",,10.00,", ",,11.00,", "does_not_foot"),
        ("adyen_settlement.csv", ",MerchantPayout,", ",MerchantGift,", "unknown_row_type"),
        ("shopify.csv", "120.00,2.10,117.90", "120.00,2.11,117.89", "does_not_foot"),
        ("shopify.json", '"60.00"', '"61.00"', "does_not_foot"),
        ("worldpay.csv", "80.00,1.60,78.40", "80.00,1.60,78.30", "does_not_foot"),
        ("worldpay.csv", "CHARGED_BACK", "CHARMED", "unknown_row_type"),
        ("klarna.csv", ";200,00;;GBP;KREF1;2026-03-01;2026-03-03", ";201,00;;GBP;KREF1;2026-03-01;2026-03-03", "does_not_foot"),
        ("klarna.csv", "964,00", "965,00", "does_not_foot"),
        ("klarna.json", '"count": 2', '"count": 3', "wrong_count"),
        ("gocardless.json", '"-45.5"', '"-45.5x"', "bad_amount"),
        ("gocardless_breakdown.csv", "50.00,0.70", "50.00,0.71", "does_not_foot"),
        ("gocardless_breakdown.csv", "refund,", "gift,", "unknown_row_type"),
        ("mollie_settlement.csv", "chb_m1", "xyz_m1", "unknown_row_type"),
        ("mollie_settlement.csv", ",-2.88,7", ",-2.8x,7", "bad_amount"),
        ("square.csv", "-£21.00", "-£22.00", "does_not_foot"),
        ("mollie.json", '"98.20"', '"98.30"', "does_not_foot"),
        ("mollie.json", '"count": 3', '"count": 4', "wrong_count"),
        ("camt053.xml", ">1075.00<", ">1076.00<", "does_not_foot"),
        ("camt053.xml", ">40.05<", ">41.05<", "does_not_foot"),
        ("camt053.xml", "<NbOfNtries>4<", "<NbOfNtries>5<", "wrong_count"),
        ("camt053.xml", "<NbOfTxs>2<", "<NbOfTxs>3<", "wrong_count"),
        ("camt053.xml", 'Ccy="GBP">36.00', 'Ccy="GBZ">36.00', "unknown_currency"),
        ("camt053.xml", "PDNG", "WISH", "unknown_row_type"),
        ("mt940.sta", "C1075,00", "C1075,01", "does_not_foot"),
        ("mt940.sta", "RD5,05", "RC5,05", "does_not_foot"),
        ("mt940.sta", ":62F:C260305GBP1950,\r\n", "", "cut_short"),
        ("mt940.sta", "60F:C260305GBP1950,00", "60F:C260305GBP1951,00", "does_not_foot"),
        ("mt940.sta", ":28C:2/1", ":99Z:2/1", "unknown_row_type"),
    ],
)  # fmt: skip
def test_what_was_changed_is_refused_for_what_it_is(name, old, new, code, sample, read) -> None:
    data = sample(name)
    assert old.encode() in data

    told = read(data.replace(old.encode(), new.encode(), 1), name)

    assert told.code == code
    assert told.footed is None


@pytest.mark.parametrize("name", [one for one in PROVING if one.endswith(("csv", "sta"))])
def test_a_file_that_lost_a_line_in_between_is_not_whole(name, sample, read) -> None:
    lines = sample(name).splitlines(keepends=True)
    body = [i for i, line in enumerate(lines) if line.startswith((b'"SB"', b":61:"))]
    lost = body[0] if body else len(lines) - 3

    told = read(b"".join(lines[:lost] + lines[lost + 1 :]), name)

    assert told.problem is not None or not told.footed.whole


def test_a_refusal_tells_row_figures_and_what_had_been_read(sample, read) -> None:
    data = sample("stripe_itemised.csv").replace(
        b"-1075.00,0.00,-1075.00", b"-1070.00,0.00,-1070.00"
    )

    problem = read(data).problem

    assert str(problem) == (
        "Payout po_gbp does not add up: the file states 1070.00 GBP, its lines come to 1075.00 "
        "GBP, a difference of 5.00 GBP."
    )
    assert str(problem.difference) == "5.00"
    assert [total.currency for total in problem.footed.totals] == ["GBP", "JPY"]


def test_a_bomb_of_entities_is_refused_unread(read) -> None:
    data = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">'
        b'<!ENTITY c "&b;&b;&b;&b;">]><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053">'
        b"<BkToCstmrStmt><Stmt><Id>&c;</Id></Stmt></BkToCstmrStmt></Document>"
    )

    assert read(data, "bomb.xml").code == "unsafe"


def test_a_file_in_two_encodings_is_refused(sample, read) -> None:
    data = sample("stripe_itemised.csv").replace(
        b"Radar", "Größe".encode() + "Größe".encode("cp1252")
    )

    assert read(data).code == "encoding"


def test_one_page_of_a_longer_list_is_not_whole(sample, read) -> None:
    told = read(sample("stripe_balance.json").replace(b'"has_more": false', b'"has_more": true'))

    assert told.problem is None
    assert told.footed.footing == "part"
    assert not told.footed.whole


def test_dates_that_can_be_read_both_ways_are_refused_when_nothing_tells(sample, read) -> None:
    data = sample("paypal_activity_en.csv").replace(b"3/14/", b"3/4/").replace(b"3/15/", b"3/5/")

    american = read(data)
    unknown = read(data.replace(b"America/Los_Angeles", b"UTC"))

    assert american.lines[0].occurred_at.month == 3
    assert unknown.code == "bad_date"


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        ("camt053.xml", 'encoding="UTF-8"', 'encoding="UTF-99"', "encoding"),
        ("gocardless.json", '"taxes": [{"amount"', '"taxes": [{"amounts"', "bad_amount"),
        ("gocardless.json", '"amount": "-7.6"', '"amount": "seven"', "bad_amount"),
        ("klarna.json", '"count": 2', '"count": [2]', "wrong_count"),
        ("mollie.json", '"count": 3', '"count": "three"', "wrong_count"),
        ("stripe_balance.json", '"created": 1772409600', '"created": 99999999999999', "bad_date"),
        ("stripe_itemised.csv", "2026-03-03 09:15:00,2026", "0001-01-01 00:00:00 +0200,2026", "bad_date"),
        ("mt940.sta", "60F:C260304GBP1000,", "60F:C260304GBP,", "bad_amount"),
    ],
)  # fmt: skip
def test_what_is_no_such_thing_is_refused_and_breaks_nothing(
    name, old, new, code, sample, read
) -> None:
    data = sample(name)
    assert old.encode() in data

    assert read(data.replace(old.encode(), new.encode(), 1), name).code == code
