"""Statements of a bank: told apart, and told when another one may hold the same days."""

from typing import Any

import pytest

from reconciliation.importing import evidence, files
from reconciliation.importing.files import Origin
from reconciliation.models import BankLine, StatementFile


@pytest.fixture(autouse=True)
def _kept_apart(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"


def brought(data: bytes, name: str, **origin: Any) -> StatementFile:
    return files.inspect(files.arrive(evidence.keep([data]), Origin(name=name, **origin)))


def statement(name: str, day: str, *bookings: str) -> bytes:
    """A bank statement of bookings of one pound each, by their texts."""
    lines = "".join(f":61:{day}{day[2:]}C1,00NTRFNONREF\r\n:86:{text}\r\n" for text in bookings)
    return (
        f":20:{name}\r\n:25:GB33BUKB20201555555555\r\n:28C:1/1\r\n:60F:C{day}GBP0,00\r\n"
        f"{lines}:62F:C{day}GBP{len(bookings)},00\r\n-\r\n"
    ).encode()


@pytest.mark.django_db
class TestStatementsOfABank:
    def test_statements_of_two_days_with_the_same_number_come_in_both(self):
        for day in ("261005", "261006"):
            file = brought(statement("STARTUMSE", day, "RENT"), f"{day}.sta")
            files.commit(file, actor=None, actor_name="fiona")

        assert BankLine.objects.count() == 2


@pytest.mark.django_db
class TestAmountsThatAreNone:
    @pytest.mark.parametrize("amount", ["0,005", "99999999999999999999,00", "9" * 40 + ",00", ","])
    def test_a_booking_of_half_a_penny_or_of_all_the_money_there_is_is_refused(self, amount):
        file = brought(
            f":20:A\r\n:25:GB33\r\n:28C:1\r\n:60F:C261005GBP0,00\r\n:61:261005C{amount}NTRFNONREF\r\n"
            f":62F:C261005GBP{amount}\r\n-\r\n".encode(),
            "odd.sta",
        )

        assert file.state == "refused"
        assert file.message.startswith("Row ")

    def test_a_price_in_parts_of_the_smallest_coin_is_refused(self):
        file = brought(
            b"Transaction Date,Type,Order,Payout Status,Payout Date,Payout ID,Amount,Fee,Net,"
            b"Presentment Amount,Presentment Currency,Currency\n"
            b"2026-10-05,charge,#1,paid,2026-10-06,P1,5.00,0.10,4.90,800.5,JPY,GBP\n",
            "shop.csv",
        )

        assert file.state == "refused"
        assert "800.5" in file.message
