"""What a part says to the process that started it."""

import pytest

from connectors.management.measuring.report import Report


def test_the_other_process_sees_how_far_it_is_and_then_the_result(tmp_path):
    part, other = Report(tmp_path / "told"), Report(tmp_path / "told")
    assert other.how_far() == ""
    part.tell("1 of 2")
    assert other.how_far() == "1 of 2"
    part.give({"seconds": 1.5})
    assert other.result() == {"seconds": 1.5}
    assert other.how_far() == ""


def test_telling_often_writes_seldom(tmp_path):
    report = Report(tmp_path / "told")
    for number in range(1000):
        report.tell(f"{number} of 1000")
    assert report.how_far() == "0 of 1000"


def test_a_part_without_result_has_none(tmp_path):
    with pytest.raises(KeyError):
        Report(tmp_path / "told").result()
