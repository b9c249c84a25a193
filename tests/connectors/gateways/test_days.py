"""The order of day and month is that of the whole file, never of one row."""

from datetime import UTC, datetime


def test_an_american_worldpay_file_is_american_in_every_row(read, sample) -> None:
    rows = sample("worldpay.csv").decode()
    data = rows.replace("13/03/2026", "03/13/2026").replace("14/03/2026", "03/14/2026")

    told = read(data.encode())

    assert told.problem is None
    assert told.lines[0].occurred_at == datetime(2026, 2, 3, 10, 0, tzinfo=UTC)
    assert told.lines[2].occurred_at == datetime(2026, 3, 13, 10, 0, tzinfo=UTC)


def test_a_worldpay_file_with_both_orders_is_refused(read, sample) -> None:
    data = sample("worldpay.csv").replace(b"14/03/2026", b"03/14/2026")

    assert read(data).code == "bad_date"


def test_opayo_never_writes_the_month_first(read, sample) -> None:
    data = sample("opayo.csv").replace(b"02/07/2026 12:00:00", b"07/13/2026 12:00:00")

    assert read(data).code == "bad_date"
