"""Bars between text: one scale, from below nought to the longest."""

import re

import pytest

from integration.core.bars import Bar, rows, thinned


def test_bars_share_one_scale_that_begins_below_nought() -> None:
    drawn = rows(
        [Bar("Gross", 0, 300, "300.00", "bar-total"), Bar("Loss", 0, -100, "-100.00", "bar-minus")],
        "Gross 300.00; Loss -100.00",
        "waterfall",
    )

    assert re.findall(r'<rect class="([\w-]+)" x="([\d.]+)" y="0" width="([\d.]+)"', drawn) == [
        ("bar-total", "250.0", "750.0"),
        ("bar-minus", "0.0", "250.0"),
    ]
    assert 'role="img" aria-label="Gross 300.00; Loss -100.00"' in drawn
    assert "style=" not in drawn


def test_without_anything_to_show_nothing_breaks() -> None:
    assert '<rect class="bar-total" x="0.0"' in rows([Bar("None", 0, 0, "–", "bar-total")], "", "x")


@pytest.mark.parametrize(
    ("many", "stay"), [(0, []), (3, [0, 1, 2]), (12, [1, 3, 5, 7, 9, 11]), (9, [0, 2, 4, 6, 8])]
)
def test_of_many_labels_every_second_gives_way_and_the_newest_stays(
    many: int, stay: list[int]
) -> None:
    assert [place for place, one in enumerate(thinned(many)) if one == "first"] == stay
