"""Every malformed thing gets a sentence; odd but honest text goes through."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from integration.mapping.book import MappingBook, Policy
from tests.connectors.sync.orders.worlds import line, payload, promotion, reading, world


def defects(sent, where=None):
    """(pointer, reason, places) of everything that cannot be read."""
    problems = reading(sent, where).problems
    assert {problem.code for problem in problems} <= {"unreadable_order"}
    return [
        (problem.pointers[0], problem.facts["reason"], problem.facts["places"])
        for problem in problems
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "missing"),
        ("two", "number"),
        ("NaN", "number"),
        ("Infinity", "number"),
        ("-Infinity", "number"),
        ("1e9", "exponent"),
        ("1E-3", "exponent"),
        ("1,000", "thousands"),
        ("12,345,678.90", "thousands"),
        ("12,5", "decimal_comma"),
        ("£12", "number"),
        ("１２", "number"),
        ("0x1f", "number"),
        ("1_000", "number"),
        ("9" * 13, "number"),
        ("9" * 5000, "number"),
        ("-3", "negative"),
        ("0", "zero"),
        ("0.000", "zero"),
        ("10001", "absurd"),
        ("1.2345", "decimals"),
    ],
)
def test_quantities_that_are_none(text, reason):
    assert defects(payload(line(quantity=text))) == [("/lines/0/quantity", reason, "1")]


@pytest.mark.parametrize("text", ["1", "1.5", " 2 ", "+3", "0.125", "10000", "7.", ".5", "1.5000"])
def test_quantities_that_are_some(text):
    order = reading(payload(line(quantity=text))).order

    assert order is not None
    assert order.lines[0].quantity == Decimal(text.strip())


@pytest.mark.parametrize(
    ("currency", "total", "reasons"),
    [
        ("GBP", "12.345", ["decimals"]),
        ("GBP", "12.3400", []),
        ("JPY", "12.5", ["decimals"]),
        ("JPY", "12", []),
        ("KWD", "12.345", []),
        ("KWD", "12.3456", ["decimals"]),
        ("", "12", ["missing"]),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(currency, total, reasons):
    assert [r for _, r, _ in defects(payload(currency=currency, total_paid=total))] == reasons


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("11/20/2026 4:05:06 PM", datetime(2026, 11, 20, 22, 5, 6, tzinfo=UTC)),
        ("7/1/2026 12:00:00 AM", datetime(2026, 7, 1, 6, 0, tzinfo=UTC)),
        ("2026-11-20T10:00:00Z", datetime(2026, 11, 20, 10, 0, tzinfo=UTC)),
        ("2026-11-20T10:00:00+02:00", datetime(2026, 11, 20, 8, 0, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 20, 6, 0, tzinfo=UTC)),
    ],
)
def test_dates_in_the_clock_of_marketing_cloud(text, moment):
    order = reading(payload(ordered_at=text)).order

    assert order is not None
    assert order.ordered_at == moment


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "missing"),
        ("yesterday", "date"),
        ("31/12/2026 1:00:00 PM", "date"),
        ("2026-13-01", "date"),
        ("0001-01-01T00:00:00Z", "too_old"),
        ("1899-12-30", "too_old"),
        ("2099-01-01", "future"),
        ("9999-12-31T23:59:59Z", "future"),
        ("99999-01-01", "date"),
    ],
)
def test_dates_that_are_none_or_absurd(text, reason):
    assert defects(payload(ordered_at=text)) == [("/order/ordered_at", reason, "1")]


def test_the_same_defect_on_many_lines_is_one_problem():
    lines = [line(str(n), quantity="x") for n in range(1, 200)]

    (problem,) = reading(payload(*lines)).problems

    assert problem.facts["places"] == "199"
    assert len(problem.pointers) == 50
    assert problem.message == (
        "Order W-1: the quantity of line 1 is “x”, which is not a number of a usual size. "
        "The same is wrong in 198 more places of the order."
    )


def test_numbers_of_lines_are_unique_and_parents_exist():
    sent = payload(
        line("1"), line("1"), line(""), line("4", parent_line_no="9"), line("5", parent_line_no="5")
    )

    assert defects(sent) == [
        ("/lines/0/line_no", "duplicate", "2"),
        ("/lines/2/line_no", "missing", "1"),
        ("/lines/3/parent_line_no", "parent", "2"),
    ]


def test_an_order_of_ten_thousand_lines_is_held_as_a_whole():
    sent = payload(*[line(str(n)) for n in range(10_000)])

    assert defects(sent) == [("/lines", "too_many", "1")]


def test_a_short_policy_counts():
    small = world(MappingBook(policy=Policy(max_lines=1, max_quantity=2)))

    assert defects(payload(line("1"), line("2")), small) == [("/lines", "too_many", "1")]
    assert defects(payload(line(quantity="3")), small) == [("/lines/0/quantity", "absurd", "1")]


def test_lines_still_missing_are_told_from_lines_that_are_wrong():
    assert defects(payload(line_count="2")) == [("/order/line_count", "not_complete", "1")]
    assert defects(payload(line_count="1")) == []


@pytest.mark.parametrize(
    "sent",
    [None, [], "text", 7, {}, {"order": None}, {"order": []}, {"order": {"key": "W-1"}}],
)
def test_without_a_header_there_is_no_order(sent):
    result = reading(sent)

    assert result.order is None
    assert [problem.facts["reason"] for problem in result.problems] == ["missing"]


@pytest.mark.parametrize("lines", [None, [], "x", {}])
def test_an_order_needs_lines(lines):
    assert defects({**payload(), "lines": lines}) == [("/lines", "missing", "1")]


def test_things_that_are_no_lines_or_promotions_at_all():
    sent = payload(line("1"), line("2"), promotions=(promotion(),))
    sent["lines"][0] = None
    sent["promotions"] = ["x"]

    assert defects(sent) == [("/lines/0", "type", "1"), ("/promotions/0", "type", "1")]


@pytest.mark.parametrize(
    "text",
    ["Jo 🎉", "\u202eכהן\u202c", "<script>alert(1)</script>", "O'Brien & Söhne", "Ŵyn", "Jo​e"],
)
def test_odd_text_is_text(text):
    order = reading(payload(first_name=text)).order

    assert order is not None
    assert order.first_name == text


def test_text_is_composed_and_trimmed():
    order = reading(payload(first_name="  Zoe\u0301 ")).order

    assert order is not None
    assert order.first_name == "Zoé"


@pytest.mark.parametrize("text", ["a\x07b", "a\nb", "a\x1b[31m", "a␀b", "a�b", "a\x85b"])
def test_signs_that_are_no_text(text):
    assert defects(payload(last_name=text)) == [("/order/last_name", "control_character", "1")]


def test_values_of_a_wrong_type():
    sent = payload()
    sent["order"] |= {"first_name": ["x"], "total_paid": 12.5, "phone": True}
    sent["lines"][0]["quantity"] = 1

    assert defects(sent) == [
        ("/order/total_paid", "type", "1"),
        ("/order/total_paid", "missing", "1"),
        ("/order/first_name", "type", "1"),
        ("/order/phone", "type", "1"),
    ]


def test_what_prima_cannot_hold_is_never_cut():
    sent = payload(key="K" * 36, customer_po="P" * 36, campaign="C" * 65)

    assert defects(sent) == [
        ("/order/key", "too_long", "1"),
        ("/order/campaign", "too_long", "1"),
        ("/order/customer_po", "too_long", "1"),
    ]


def test_a_prima_of_western_letters_only():
    sent = payload(line("Ŵ1"), customer_po="Ŵ-7", first_name="Ŵyn")

    assert defects(sent, world(charset="iso-8859-1")) == [
        ("/lines/0/line_no", "unrepresentable", "1"),
        ("/order/customer_po", "unrepresentable", "1"),
    ]
    assert defects(sent) == []


@pytest.mark.parametrize(
    ("basis", "taken", "reasons"),
    [("gross", ("gross",), []), ("NET", ("net",), []), ("", ("net",), ["basis"]),
     ("both", ("net",), ["basis"]), ("net", ("gross",), ["basis"])],
)  # fmt: skip
def test_price_bases(basis, taken, reasons):
    where = world(price_basis=taken)

    assert [r for _, r, _ in defects(payload(price_basis=basis), where)] == reasons


def test_promotions_are_read_word_for_word():
    sent = payload(
        promotions=(
            promotion(
                "TEN",
                type="Spin_To_Win",
                scope="",
                exclusive="True",
                line_nos="1; 2,3|4",
                skus=" A ",
            ),
            promotion("X", sequence="1.5", exclusive="maybe", value="-1", buy_quantity="two"),
        )
    )

    result = reading(sent)

    assert result.order is not None
    first = result.order.promotions[0]
    assert (first.type, first.scope, first.exclusive) == ("spin_to_win", "order", True)
    assert (first.line_nos, first.skus) == (("1", "2", "3", "4"), ("A",))
    assert [p.pointers[0] for p in result.problems] == [
        "/promotions/1/sequence",
        "/promotions/1/value",
        "/promotions/1/buy_quantity",
        "/promotions/1/exclusive",
    ]
