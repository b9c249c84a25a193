"""Rows and pushes become kept payloads with a fingerprint of their content."""

import pytest

from connectors.sync.orders.arrival import SourceColumns, arrivals, content_hash
from connectors.sync.orders.push import MalformedPush, pushed
from connectors.sync.orders.summary import summary

COLUMNS = SourceColumns.of({})


def test_rows_become_a_payload_by_our_names_with_their_own_text():
    # given rows as Marketing Cloud answers them
    orders = [{"orderkey": "W-1", "totalpaid": "12.5000", "shoefit": "wide", "currency": "GBP"}]
    lines = [
        {"orderkey": "W-1", "lineno": "10", "sku": "B", "quantity": "1"},
        {"orderkey": "W-1", "lineno": "2", "sku": "A", "quantity": " 1 "},
        {"orderkey": "W-2", "lineno": "1", "sku": "C", "quantity": "1"},
    ]

    # when
    first, second = arrivals(orders, lines, [], COLUMNS)

    # then
    assert first.key == "W-1"
    assert first.payload == {
        "order": {
            "key": "W-1",
            "total_paid": "12.5000",
            "currency": "GBP",
            "extra": {"shoefit": "wide"},
        },
        "lines": [
            {"line_no": "2", "sku": "A", "quantity": " 1 "},
            {"line_no": "10", "sku": "B", "quantity": "1"},
        ],
        "promotions": [],
    }
    assert second.payload["order"] == {"key": "W-2"}


def test_columns_can_have_other_names():
    columns = SourceColumns.of(
        {"order": {"key": "Bestellung"}, "line": {"order_key": "Bestellung"}}
    )

    (one,) = arrivals([{"bestellung": "W-1"}], [{"bestellung": "W-1", "sku": "A"}], [], columns)

    assert (one.key, one.payload["lines"]) == ("W-1", [{"sku": "A"}])


def test_the_fingerprint_ignores_the_order_of_rows_and_the_time_of_change():
    lines = [{"orderkey": "W-1", "lineno": n, "sku": "A"} for n in ("1", "2", "3")]

    (one,) = arrivals([{"orderkey": "W-1", "modifieddate": "1"}], lines, [], COLUMNS)
    (two,) = arrivals([{"modifieddate": "2", "orderkey": "W-1"}], lines[::-1], [], COLUMNS)
    (three,) = arrivals([{"orderkey": "W-1"}], lines[:2], [], COLUMNS)

    assert one.content_hash == two.content_hash
    assert one.content_hash != three.content_hash


def test_orders_without_a_key_or_with_an_endless_one_are_kept_apart():
    long = "X" * 300

    none, endless = arrivals(
        [{"orderkey": " ", "currency": "GBP"}, {"orderkey": long}], [], [], COLUMNS
    )

    assert none.key.startswith("without key ")
    assert len(endless.key) <= 120
    assert endless.payload["order"]["key"] == long


def test_what_no_database_can_hold_is_marked():
    (one,) = arrivals([{"orderkey": "W-1", "firstname": "A\x00B\ud800"}], [], [], COLUMNS)

    assert one.payload["order"]["first_name"] == "A␀B�"


def test_a_push_keeps_its_digits():
    body = (
        b'{"order": {"key": "W-1", "total_paid": 12.10, "line_count": 1, "vip": true},'
        b' "lines": [{"line_no": 1, "sku": "A", "unit_price": 1e9}],'
        b' "promotions": [{"code": "TEN", "exclusive": false, "line_nos": [1, "2"]}]}'
    )

    one = pushed(body)

    assert one.payload == {
        "order": {"key": "W-1", "total_paid": "12.10", "line_count": "1", "extra": {"vip": "true"}},
        "lines": [{"line_no": "1", "sku": "A", "unit_price": "1e9"}],
        "promotions": [{"code": "TEN", "exclusive": "false", "line_nos": "1,2"}],
    }
    assert one.content_hash == content_hash(one.payload)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"order": {"key": "W-1"',
        b"[]",
        b'{"order": 1}',
        b'{"order": {}, "lines": [1]}',
        b'{"order": {}, "lines": {}}',
        b"\xff\xfe",
        b'{"order":' + b"[" * 100_000,
    ],
)
def test_a_push_that_is_no_order_is_refused_in_words(body):
    with pytest.raises(MalformedPush, match=r"body|must be"):
        pushed(body)


def test_the_summary_reads_what_it_can():
    known = summary(
        {
            "order": {
                "key": "W-1",
                "first_name": "Jo",
                "last_name": "Ek",
                "email": "x" * 300,
                "total_paid": "1,000",
                "ordered_at": "11/20/2026 10:00:00 AM",
                "currency": ["GBP"],
            }
        }
    )

    assert known.customer_name == "Jo Ek"
    assert (len(known.email), known.total_paid, known.currency) == (254, None, "")
    assert known.ordered_at is not None
    assert known.ordered_at.isoformat() == "2026-11-20T16:00:00+00:00"
    assert summary("nonsense").customer_name == ""


def test_a_key_is_the_same_however_it_is_composed():
    (one,) = arrivals(
        [{"orderkey": " Zoe\u0301-1 "}], [{"orderkey": "Zo\u00e9-1", "sku": "A"}], [], COLUMNS
    )

    assert (one.key, one.payload["lines"]) == ("Zo\u00e9-1", [{"sku": "A"}])


def test_an_order_polled_and_pushed_is_the_same_order():
    # given one order as a data extension shows it, and as a journey pushes it
    polled = arrivals(
        [
            {
                "orderkey": "W-1", "orderdate": "11/16/2026 3:20:16 PM", "totalpaid": "12.5000",
                "modifieddate": "11/16/2026 3:21:58 PM", "companyname": "",
            }
        ],
        [{"rowid": "W-1-1", "orderkey": "W-1", "lineno": "1", "sku": "A", "quantity": "1.0"}],
        [{"orderkey": "W-1", "sequence": "1", "promotioncode": "TEN", "exclusive": "True"}],
        COLUMNS,
    )[0]  # fmt: skip
    body = """{"order": {"key": "W-1", "ordered_at": "2026-11-16T21:20:16Z", "total_paid": 12.50},
        "lines": [{"line_no": "1", "sku": "A", "quantity": 1}],
        "promotions": [{"sequence": "1", "code": "TEN", "exclusive": true}]}"""

    # then
    assert pushed(body).content_hash == polled.content_hash
    assert pushed(body.replace("12.50", "12.51")).content_hash != polled.content_hash
    assert pushed(body.replace(":16Z", ":17Z")).content_hash != polled.content_hash
    assert pushed(body.replace('"A"', '"B"')).content_hash != polled.content_hash
