"""Values of Marketing Cloud as text."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sfmc.values import (
    CENTRAL,
    MalformedValue,
    Value,
    as_bool,
    as_decimal,
    as_moment,
    central_text,
    to_wire,
)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("3/1/2026 4:05:06 PM", datetime(2026, 3, 1, 22, 5, 6, tzinfo=UTC)),
        ("3/1/2026 12:00:00 AM", datetime(2026, 3, 1, 6, tzinfo=UTC)),
        ("3/1/2026 12:00:00 PM", datetime(2026, 3, 1, 18, tzinfo=UTC)),
        ("12/31/2026 11:30 pm", datetime(2027, 1, 1, 5, 30, tzinfo=UTC)),
        ("7/1/2026 1:00:00 PM", datetime(2026, 7, 1, 19, tzinfo=UTC)),
        ("3/1/2026", datetime(2026, 3, 1, 6, tzinfo=UTC)),
        ("2026-03-01T10:00:38.98", datetime(2026, 3, 1, 16, 0, 38, 980000, tzinfo=UTC)),
        ("2026-03-01T10:00:00Z", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01T04:50:11.8146417-06:00", datetime(2026, 3, 1, 10, 50, 11, 814641, tzinfo=UTC)),
    ],
)
def test_a_moment_without_an_offset_is_central_standard_time(text: str, moment: datetime) -> None:
    assert as_moment(text) == moment
    assert as_moment(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    ["", "soon", "13/1/2026 1:00:00 AM", "2/30/2026", "3/1/2026 13:00:00 PM", "3/1/2026 0:00 AM"],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(MalformedValue, match="is not a date and time"):
        as_moment(text)


@pytest.mark.parametrize(
    ("text", "truth"),
    [("True", True), ("False", False), (" true ", True), ("0", False), ("1", True)],
)
def test_truth_is_read(text: str, truth: bool) -> None:
    assert as_bool(text) is truth


@pytest.mark.parametrize("text", ["", "yes", "2", "None"])
def test_what_is_neither_true_nor_false_is_refused(text: str) -> None:
    with pytest.raises(MalformedValue, match="neither True nor False"):
        as_bool(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("12.5000", "12.5000"), ("-3", "-3"), ("+.5", "0.5"), (" 7. ", "7")],
)
def test_a_number_is_read_exactly(text: str, number: str) -> None:
    assert as_decimal(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "1,000.00", "1e5", "NaN", "Infinity", "£5", "1_000", "٣"])
def test_what_is_no_plain_number_is_refused(text: str) -> None:
    with pytest.raises(MalformedValue, match="is not a number"):
        as_decimal(text)


def test_a_long_malformed_value_is_cut_in_its_message() -> None:
    with pytest.raises(MalformedValue) as caught:
        as_decimal("x" * 1_000)
    assert len(str(caught.value)) < 80


@pytest.mark.parametrize(
    ("value", "wire"),
    [
        (Decimal("1E+2"), "100"),
        (Decimal("12.50"), "12.50"),
        (datetime(2026, 3, 1, 10, tzinfo=timezone(timedelta(hours=2))), "2026-03-01T08:00:00Z"),
        (date(2026, 3, 1), "2026-03-01"),
        (True, True),
        (None, None),
        (5, 5),
        ("x", "x"),
    ],
)
def test_values_are_written_as_json_can_hold_them(value: Value, wire: object) -> None:
    assert to_wire(value) == wire
    assert type(to_wire(value)) is type(wire)


def test_a_moment_without_a_time_zone_is_not_written() -> None:
    with pytest.raises(ValueError, match="time zone"):
        to_wire(datetime(2026, 3, 1, 10))  # noqa: DTZ001 - the mistake is the point


@given(st.datetimes(datetime(1900, 1, 2), datetime(9000, 1, 1), timezones=st.just(CENTRAL)))  # noqa: DTZ001
def test_central_text_is_read_back_as_the_same_second(moment: datetime) -> None:
    assert as_moment(central_text(moment)) == moment.replace(microsecond=0)
