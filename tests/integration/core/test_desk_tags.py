"""The tags of the visual language."""

from decimal import Decimal

import pytest

from integration.core.templatetags.desk import (
    age,
    iso_day,
    minutes,
    money,
    monies,
    monies_stacked,
    span,
    sparkline,
    told,
)


def test_money_has_the_decimals_of_its_currency():
    assert money("1234.5", "GBP") == "1,234.50 GBP"
    assert money(Decimal("1234.5"), "JPY") == "1,234 JPY"
    assert money("1.2345", "KWD") == "1.234 KWD"
    assert money("abc", "GBP") == "abc GBP"
    assert money(None) == "–"


def test_several_currencies_are_told_apart_most_first():
    assert monies({"EUR": "5", "GBP": "10"}) == "10.00 GBP · 5.00 EUR"
    assert monies({}) == "–"
    assert monies_stacked({"EUR": "5", "GBP": "10"}).count("<br>") == 1


def test_lengths_of_time_come_in_one_unit():
    assert [span(s) for s in (5, 300, 7_200, 300_000, 94_608_000)] == [
        "1 min", "5 min", "2 h", "3 days", "1,095 days",
    ]  # fmt: skip
    assert age(None) == "–"


def test_a_chart_carries_its_figures():
    drawn = sparkline([0, 2, 1], "Orders a day")

    assert 'aria-label="Orders a day: 0, 2, 1"' in drawn
    assert drawn.count("<rect") == 3
    assert "style=" not in drawn


def test_details_are_told_in_lines_without_what_is_empty():
    assert told({"note": "", "before": {}, "after": {"prima_sku": "P-1"}}) == (
        '<span class="quiet">after prima sku:</span> P-1'
    )


def test_details_are_escaped_and_cut_short():
    shown = told({f"field {n}": "<b>" for n in range(20)})

    assert "<b>" not in shown
    assert "and 12 more" in shown


def test_intervals_are_said_in_their_largest_whole_unit():
    assert [minutes(one) for one in (0, 5, 60, 90, 120, 1440, 2880)] == [
        "0 min", "5 min", "1 h", "90 min", "2 h", "1 day", "2 days",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shown"), [("2026-11-05", "5 Nov 2026"), ("", ""), (None, ""), ("soon", "soon")]
)
def test_a_day_kept_as_text_is_written_like_every_other(text: str | None, shown: str) -> None:
    assert iso_day(text) == shown


def test_yes_and_no_are_words() -> None:
    shown = told({"complete": True, "whole": False})

    assert shown == (
        '<span class="quiet">complete:</span> yes<br><span class="quiet">whole:</span> no'
    )
