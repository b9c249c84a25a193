"""A booking that two statements of an account state is booked once, and two equal ones are two."""

import pytest
from django.core.management import call_command
from django.db import connection

from integration.audit.models import AuditEntry
from reconciliation.importing import files, watching
from reconciliation.importing.files import Choices
from reconciliation.importing.overlap import Said
from reconciliation.importing.problems import NotImported
from reconciliation.models import BankLine, BankLineAgain, BankMatch, Payout
from reconciliation.running import run_all
from tests.reconciliation.importing.bank_files import Booking, by_day, camt, mt940
from tests.reconciliation.importing.overlapping import (
    FIFTH,
    MONTH,
    OPENING,
    SWEEP,
    booked,
    brought,
    took,
    truly,
)
from tests.reconciliation.importing.payout_files import HEAD, line, payout_row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kept_apart(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"


class TestDailyAndMonthlyStatements:
    def test_in_the_order_they_are_made(self):
        assert took(mt940("DAY-5", FIFTH, OPENING[5])) == "3 lines"

        file = brought(mt940("MONTH", MONTH), "month.sta")

        assert file.preview["remarks"] == [
            (
                "3 of the 6 bookings are known already, from “bank.sta” (3): noted as seen again, and not "
                "booked a second time."
            )
        ]
        assert files.commit(file, actor=None).taken == "3 lines, 3 more known already"
        assert booked() == truly(MONTH)
        assert BankLineAgain.objects.filter(file=file).count() == 3

    def test_the_month_first(self):
        assert took(mt940("MONTH", MONTH)) == "6 lines"
        assert took(mt940("DAY-5", FIFTH, OPENING[5])) == "no new line, 3 known already"
        assert took(mt940("DAY-9", [MONTH[4]], OPENING[9])) == "no new line, 1 known already"

        assert booked() == truly(MONTH)

    def test_as_a_file_with_a_statement_for_each_day(self):
        took(by_day("DAILY", MONTH[:4]))

        assert took(mt940("MONTH", MONTH)) == "2 lines, 4 more known already"
        assert booked() == truly(MONTH)

    def test_in_two_formats_that_word_their_texts_otherwise(self):
        took(mt940("MONTH", MONTH))

        assert took(camt("CAMT", MONTH), "month.xml") == "no new line, 6 known already"
        assert booked() == truly(MONTH)

    def test_with_the_newest_booking_first(self):
        took(mt940("DAY-5", FIFTH, OPENING[5]))
        newest_first = mt940("MONTH", MONTH[::-1]).replace(b"F:C261028GBP0", b"F:C261002GBP0")

        assert took(newest_first) == "3 lines, 3 more known already"
        assert booked() == truly(MONTH)

    def test_that_order_the_bookings_of_a_day_in_two_ways(self):
        took(mt940("DAY-5", FIFTH, OPENING[5]))

        assert took(mt940("MONTH", [MONTH[0], *FIFTH[::-1], *MONTH[4:]])).startswith(
            "3 lines, 3 more"
        )
        assert booked() == truly(MONTH)

    def test_tie_a_payout_to_its_one_booking(self, finance):
        report = (HEAD + line(1, 1000) + payout_row(970)).encode()
        files.commit(brought(report, "report.csv"), actor=finance)
        Payout.objects.update(stated=1000, paid_on="2026-10-05", payout_id="po_12345")
        paid = [Booking(5, 10, "STRIPE po_12345")]
        for name, data in (("d", mt940("D", paid, 70)), ("m", mt940("M", [MONTH[0], *paid]))):
            took(data, name)

        run_all(["payout_to_bank"])

        assert BankMatch.objects.get().bank_line == BankLine.objects.get(booked_on="2026-10-05")


class TestTwoEqualBookingsOfADay:
    @pytest.mark.parametrize("turned", [False, True])
    def test_are_two_when_each_statement_has_two(self, turned):
        statements = [mt940("DAY", FIFTH, 70), mt940("MONTH", MONTH)]
        for data in statements[:: -1 if turned else 1]:
            took(data)

        assert booked()[5, 1, "TILL"] == 2

    def test_are_three_when_the_later_statement_has_three(self):
        took(mt940("NOON", FIFTH, 70))

        assert took(mt940("EVENING", [*FIFTH, Booking(5, 1)], 70)) == "1 line, 3 more known already"
        assert booked()[5, 1, "TILL"] == 3

    def test_are_all_there_when_one_statement_goes_on_where_the_other_ends(self):
        took(mt940("NOON", FIFTH, 70))

        assert took(mt940("EVENING", FIFTH, 82)) == "3 lines"
        assert booked()[5, 1, "TILL"] == 4

    def test_have_the_banks_own_ids_to_tell_them_apart(self):
        noon = [Booking(5, 50, "SWEEP", "A1"), Booking(5, -50, "SWEEP", "A2")]
        evening = [Booking(5, 50, "SWEEP", "B1"), Booking(5, -50, "SWEEP", "B2")]
        took(mt940("NOON", noon))

        assert took(mt940("EVENING", evening)) == "2 lines"
        assert took(mt940("DAY", [*noon, *evening])) == "no new line, 4 known already"

    def test_have_an_id_that_mt940_cuts_and_camt_does_not(self):
        whole = "2026100512345678-000001"
        out, back = f"{whole[:15]}9-000002", f"{whole[:15]}9-000002"[:16]
        took(camt("CAMT", [Booking(5, 50, "SWEEP", whole), Booking(5, -50, "SWEEP", out)]))

        again = [Booking(5, 50, "SWEEP", whole[:16]), Booking(5, -50, "SWEEP", back)]
        assert brought(mt940("AGAIN", again)).state == "held"
        assert took(mt940("MONTH", [Booking(2, 7), *again, Booking(9, 1)], -7)) == (
            "2 lines, 2 more known already"
        )


class TestWhatTheBalancesLeaveOpen:
    @pytest.mark.parametrize(
        ("first", "then"),
        [
            pytest.param(mt940("A", SWEEP), mt940("B", SWEEP), id="balance comes back"),
            pytest.param(
                mt940("A", FIFTH, 70), mt940("B", [*FIFTH[:2], Booking(5, 1, "GIFT")], 70),
                id="another text",
            ),
            pytest.param(mt940("A", FIFTH, 70), mt940("B", FIFTH, 99), id="another balance"),
            pytest.param(
                mt940("A", FIFTH, 70), mt940("B", [MONTH[0], *FIFTH[:2], *MONTH[4:]]),
                id="the month lacks one",
            ),
            pytest.param(
                mt940("A", MONTH), mt940("B", [*FIFTH, Booking(5, 8)], 70), id="the day has one more",
            ),
        ],
    )  # fmt: skip
    def test_is_held_for_a_person_and_nothing_is_booked(self, first, then):
        took(first, "first.sta")
        before = booked()

        file = brought(then)

        assert file.state == "held"
        assert "The days overlap with “first.sta”" in file.message
        assert {row["name"] for row in file.preview["overlap"]} == {"first.sta"}
        assert booked() == before

    @pytest.mark.parametrize(
        ("said", "taken", "count"),
        [("same", "no new line, 2 known already", 2), ("further", "2 lines", 4)],
    )
    def test_is_decided_by_a_person(self, finance, said: Said, taken, count):
        took(mt940("A", SWEEP))
        file = brought(mt940("B", SWEEP))

        file = files.inspect(files.again(file, actor=finance, said=Choices(overlap=said)))

        assert files.commit(file, actor=finance).taken == taken
        assert BankLine.objects.count() == count
        told = AuditEntry.objects.filter(action="payout file read again").latest("id")
        assert told.details["overlap"] == said

    def test_is_decided_of_the_statements_that_were_shown_and_of_no_later_one(self, finance):
        took(mt940("A", SWEEP), "first.sta")
        file, later = brought(mt940("B", SWEEP)), brought(mt940("C", SWEEP), "later.sta")
        file, later = (
            files.inspect(files.again(one, actor=finance, said=Choices(overlap="further")))
            for one in (file, later)
        )
        files.commit(later, actor=finance)

        with pytest.raises(NotImported, match=r"The days overlap with “later\.sta”"):
            files.commit(file, actor=finance)

        file.refresh_from_db()
        assert (file.state, BankLine.objects.count()) == ("held", 4)
        assert {row["name"] for row in file.preview["overlap"]} == {"later.sta"}
        file = files.again(file, actor=finance, said=Choices(overlap="same"))
        assert (
            files.commit(files.inspect(file), actor=finance).taken == "no new line, 2 known already"
        )

    def test_is_asked_once_more_where_a_later_statement_has_it_too_and_then_settled(self, finance):
        took(mt940("A", SWEEP))
        file = brought(mt940("B", SWEEP))
        took(mt940("Z", [Booking(5, 50, "SWEEP"), Booking(5, -50, "SWEEP"), Booking(5, 9)], 30))
        for _ in range(2):
            if file.state == "held":
                file = files.again(file, actor=finance, said=Choices(overlap="further"))
                file = files.inspect(file)

        assert files.commit(file, actor=finance).taken == "2 lines"

    def test_leaves_what_the_balances_prove_known_when_the_rest_are_further_ones(self, finance):
        took(mt940("DAY-2", MONTH[:1]))
        took(mt940("DAY-5", FIFTH, 70))
        file = brought(mt940("MONTH", [*MONTH[:3], Booking(5, 1, "GIFT"), *MONTH[4:]]))
        assert file.state == "held"

        file = files.again(file, actor=finance, said=Choices(overlap="further"))

        assert (
            files.commit(files.inspect(file), actor=finance).taken
            == "3 lines, 3 more known already"
        )

    @pytest.mark.parametrize(
        "again",
        [
            pytest.param(mt940("C", [Booking(5, 2, "NEW"), Booking(5, -2, "NEW")]), id="zero sum"),
            pytest.param(mt940("C", [Booking(5, 2, "NEW")]), id="another goes on from its end"),
            pytest.param(
                mt940("C", [Booking(4, 7), Booking(5, 2, "NEW")], -7), id="from the day before",
            ),
            pytest.param(
                mt940("C", [Booking(5, 3, "X"), Booking(5, -3, "X"), Booking(5, 2, "NEW")]),
                id="and more of the day",
            ),
        ],
    )  # fmt: skip
    def test_are_bookings_sent_again_with_corrected_texts(self, again):
        took(mt940("NOON", [Booking(5, 2, "OLD")]))
        took(mt940("EVENING", [Booking(5, -2, "OLD")], 2))

        assert brought(again).state == "held"

    def test_are_bookings_that_one_id_of_the_bank_stands_for(self):
        """Some banks write the kind of booking where others write an id."""
        sweep = [Booking(5, 50, "SWEEP", "CASHPOOL"), Booking(5, -50, "SWEEP", "CASHPOOL")]
        took(mt940("NOON", sweep))

        assert brought(mt940("EVENING", sweep)).state == "held"

    def test_are_not_told_apart_by_the_word_that_there_is_no_id(self):
        sweep = [Booking(5, 50, "SWEEP", "NONREF"), Booking(5, -50, "SWEEP", "")]
        took(mt940("NOON", sweep))

        assert brought(mt940("EVENING", sweep)).state == "held"
        assert not BankLine.objects.exclude(bank_ref="").exists()

    def test_are_bookings_of_before_their_balances_were_kept(self):
        took(mt940("A", FIFTH, 70))
        BankLine.objects.update(balance=None)

        assert brought(mt940("MONTH", MONTH)).state == "held"

    def test_that_came_up_while_a_file_waited_is_held_then(self, finance):
        waiting = brought(mt940("B", SWEEP))
        took(mt940("A", SWEEP))

        with pytest.raises(NotImported, match="The days overlap"):
            files.commit(waiting, actor=finance)

        waiting.refresh_from_db()
        assert (waiting.state, BankLine.objects.count()) == ("held", 2)

    def test_goes_to_the_page_of_files_from_the_watched_folder(self, tmp_path):
        took(mt940("A", SWEEP))
        (tmp_path / "b.sta").write_bytes(mt940("B", SWEEP))

        (taken,) = watching.watch(tmp_path, pause=0)

        assert not taken.imported
        assert taken.note.endswith("It waits on the page “Files”.")

    def test_is_said_on_the_command_line(self, tmp_path, capsys):
        took(mt940("A", SWEEP))
        path = tmp_path / "b.sta"
        path.write_bytes(mt940("B", SWEEP))

        call_command("import_payout", path, overlap="same")

        assert "Imported: no new line, 2 known already." in capsys.readouterr().out


def test_a_statement_that_was_read_before_an_update_is_read_once_more(finance):
    file = brought(mt940("A", FIFTH, 70))
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE reconciliation_staged_{file.pk} DROP COLUMN known_as")

    assert files.commit(file, actor=finance).taken == "3 lines"


class TestTheSameStatementAgain:
    def test_is_refused_when_nothing_in_it_is_new(self):
        took(mt940("DAY", FIFTH, 70))

        assert "3 lines are known already" in took(mt940("DAY", FIFTH, 70).replace(b"\r\n", b"\n"))

    def test_beside_new_ones_is_left_out(self):
        took(by_day("S", MONTH[:4]))

        assert took(by_day("S", MONTH)) == "2 lines, 4 more known already"
