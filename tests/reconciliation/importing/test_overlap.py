"""A booking that two statements of an account state is booked once, and two equal ones are two."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse

from integration.audit.models import AuditEntry
from reconciliation import evidence_lists, periods
from reconciliation.importing import evidence, files, watching
from reconciliation.importing.files import Choices, Origin
from reconciliation.importing.overlap import Said, question
from reconciliation.importing.problems import NotImported
from reconciliation.models import BankLine, BankLineAgain, BankMatch, Payout, StatementFile
from reconciliation.running import run_all
from tests.reconciliation.importing.bank_files import Booking, by_day, camt, mt940, total
from tests.reconciliation.importing.payout_files import HEAD, line, payout_row

pytestmark = pytest.mark.django_db
FIFTH = [Booking(5, 10, "RENT"), Booking(5, 1), Booking(5, 1)]
MONTH = [Booking(2, 70, "FEES"), *FIFTH, Booking(9, -4, "BOX"), Booking(28, 3, "BOX")]
OPENING = {5: 70, 9: 82, 28: 78}
SWEEP = [Booking(5, 50, "SWEEP"), Booking(5, -50, "SWEEP")]


@pytest.fixture(autouse=True)
def _kept_apart(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"


def brought(data: bytes, name: str = "bank.sta") -> StatementFile:
    return files.inspect(files.arrive(evidence.keep([data]), Origin(name=name)))


def took(data: bytes, name: str = "bank.sta") -> str:
    """What the import said it took, or why it did not."""
    file = brought(data, name)
    return files.commit(file, actor=None).taken if file.state == "preview" else file.message


def booked() -> Counter[tuple[int, int, str]]:
    return Counter(
        (one.booked_on.day, one.amount // 100, one.text.split()[0])
        for one in BankLine.objects.all()
    )


def answer_of(file: StatementFile, said: Said) -> dict[str, str]:
    """What the form of the page sends."""
    return {"overlap": said, "asked": question(file.preview["asked"])}


def truly(bookings: Sequence[Booking]) -> Counter[tuple[int, int, str]]:
    return Counter((one.day, one.amount, one.text.split()[0]) for one in bookings)


class TestDailyAndMonthlyStatements:
    def test_in_the_order_they_are_made(self):
        assert took(mt940("DAY-5", FIFTH, OPENING[5])) == "3 lines"

        file = brought(mt940("MONTH", MONTH), "month.sta")

        assert file.preview["remarks"] == [
            (
                "3 of the 6 bookings are known already, from “bank.sta” (3). They are noted as seen again "
                "and not booked a second time."
            )
        ]
        assert files.commit(file, actor=None).taken == "3 lines, 3 more known already"
        assert booked() == truly(MONTH)
        assert BankLineAgain.objects.filter(file=file).count() == 3

    def test_the_month_first(self):
        assert took(mt940("MONTH", MONTH)) == "6 lines"
        assert took(mt940("DAY-5", FIFTH, OPENING[5])) == "0 lines, 3 more known already"
        assert took(mt940("DAY-9", [MONTH[4]], OPENING[9])) == "0 lines, 1 more known already"

        assert booked() == truly(MONTH)

    def test_as_a_file_with_a_statement_for_each_day(self):
        took(by_day("DAILY", MONTH[:4]))

        assert took(mt940("MONTH", MONTH)) == "2 lines, 4 more known already"
        assert booked() == truly(MONTH)

    def test_in_two_formats_that_word_their_texts_otherwise(self):
        took(mt940("MONTH", MONTH))

        assert took(camt("CAMT", MONTH), "month.xml") == "0 lines, 6 more known already"
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
        assert took(mt940("DAY", [*noon, *evening])) == "0 lines, 4 more known already"

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
        [("same", "0 lines, 2 more known already", 2), ("further", "2 lines", 4)],
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
            files.commit(files.inspect(file), actor=finance).taken
            == "0 lines, 2 more known already"
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

        assert "Imported: 0 lines, 2 more known already." in capsys.readouterr().out


class TestTheSameStatementAgain:
    def test_is_refused_when_nothing_in_it_is_new(self):
        took(mt940("DAY", FIFTH, 70))

        assert "3 lines are known already" in took(mt940("DAY", FIFTH, 70).replace(b"\r\n", b"\n"))

    def test_beside_new_ones_is_left_out(self):
        took(by_day("S", MONTH[:4]))

        assert took(by_day("S", MONTH)) == "2 lines, 4 more known already"


class TestPages:
    def test_a_person_compares_and_decides(self, client_for, finance):
        client = client_for(finance)
        took(mt940("A", SWEEP), "first.sta")
        file = brought(mt940("B", SWEEP))
        page = reverse("payout-file", args=[file.pk])
        shown = client.get(page).content.decode()
        assert "Are these the same bookings?" in shown
        assert "-50.00 GBP" in shown

        client.post(reverse("payout-file-read", args=[file.pk]), answer_of(file, "same"))
        client.post(reverse("payout-file-import", args=[file.pk]))

        shown = client.get(page).content.decode()
        assert "Known already, and not booked again" in shown
        assert "first.sta" in shown
        assert BankLine.objects.count() == 2

    def test_of_two_who_decide_the_second_is_told_that_it_is_decided(
        self, client_for, finance, finance2
    ):
        took(mt940("A", SWEEP))
        file = brought(mt940("B", SWEEP))
        read = reverse("payout-file-read", args=[file.pk])
        client_for(finance).post(read, answer_of(file, "same"))

        answer = client_for(finance2).post(read, answer_of(file, "further"), follow=True)

        assert "cannot be read again: it is “waits for a decision”" in answer.content.decode()
        files.commit(file, actor=finance)
        assert BankLine.objects.count() == 2

    def test_what_is_asked_now_is_not_answered_by_what_was_asked_before(self, client_for, finance):
        took(mt940("A", SWEEP))
        file = brought(mt940("B", SWEEP))
        seen_before = answer_of(file, "further")
        took(mt940("C", [Booking(5, 9)], 30))
        file = files.inspect(files.again(file, actor=finance, said=Choices()))

        answer = client_for(finance).post(
            reverse("payout-file-read", args=[file.pk]), seen_before, follow=True
        )

        file.refresh_from_db()
        assert "has changed meanwhile" in answer.content.decode()
        assert (file.state, BankLine.objects.count()) == ("held", 3)

    @pytest.mark.parametrize("who", ["operations", "marketing", "auditor"])
    def test_nobody_else_decides(self, client_for, who, request):
        took(mt940("A", SWEEP))
        file = brought(mt940("B", SWEEP))

        answer = client_for(request.getfixturevalue(who)).post(
            reverse("payout-file-read", args=[file.pk]), {"overlap": "same"}
        )

        file.refresh_from_db()
        assert (answer.status_code, file.state, BankLine.objects.count()) == (403, "held", 2)
        assert not AuditEntry.objects.filter(action="payout file read again").exists()

    def test_the_evidence_of_a_month_holds_the_file_that_only_repeats(self):
        took(mt940("MONTH", MONTH))
        took(mt940("DAY", FIFTH, 70), "day.sta")

        held = evidence_lists.found_of(periods.period_of("main", MONTH_DAY), "files")

        assert [(one.name, one.known) for one in held] == [("bank.sta", 0), ("day.sta", 3)]


MONTH_DAY = datetime(2026, 10, 5, tzinfo=UTC).date()


def whole_days(rnd: random.Random, ledger: Sequence[Booking]) -> list[int]:
    first, last = sorted(rnd.choices([one.day for one in ledger], k=2))
    return [at for at, one in enumerate(ledger) if first <= one.day <= last]


def any_stretch(rnd: random.Random, ledger: Sequence[Booking]) -> list[int]:
    first, last = sorted(rnd.sample(range(len(ledger) + 1), 2))
    return list(range(first, last))


Cut = Callable[[random.Random, Sequence[Booking]], list[int]]


@pytest.mark.parametrize(("cut", "ids"), [(whole_days, False), (any_stretch, True)])
@pytest.mark.parametrize("seed", range(8))
def test_an_account_that_returns_to_its_balance_all_the_time(cut: Cut, ids: bool, seed: int):
    """Whatever stretches of it come in whatever order: all that came is booked, and once."""
    rnd = random.Random(seed)
    ledger: list[Booking] = []
    for number in range(10):
        day = (ledger[-1].day if ledger else 1) + rnd.choice([0, 0, 0, 1])
        said: dict[str, Any] = {"ref": f"R{number}"} if ids else {}
        ledger.append(Booking(day, rnd.choice([1, -1, 2]), rnd.choice(["TILL", "RENT"]), **said))
    came: set[int] = set()
    for number in range(4):
        stretch = cut(rnd, ledger)
        opening = 50 + total(ledger[: stretch[0]])
        file = brought(mt940(f"S{number}", [ledger[at] for at in stretch], opening))
        if file.state == "preview":
            with transaction.atomic():
                files.commit(file, actor=None)
            came |= set(stretch)

    assert booked() == truly([ledger[at] for at in came])


@pytest.mark.parametrize("ids", ["", "one", "each"])
@pytest.mark.parametrize("seed", range(10))
def test_whole_days_sent_again_with_other_texts_and_in_another_format(seed: int, ids: str):
    """With ids of the bank or without, or with one id for all of a kind."""
    rnd = random.Random(f"{seed} {ids}")
    named = {"": "", "one": "SWEEP{side}", "each": "R{number}"}[ids]
    ledger: list[Booking] = []
    for number in range(8):
        day = (ledger[-1].day if ledger else 1) + rnd.choice([0, 0, 0, 1])
        amount = rnd.choice([1, -1, 1, -1, 2, -2])
        ref = named.format(number=number, side=amount > 0)
        ledger.append(Booking(day, amount, rnd.choice(["TILL", "RENT"]), ref))
    came: set[int] = set()
    for number in range(5):
        stretch = whole_days(rnd, ledger)
        opening = 50 + total(ledger[: stretch[0]])
        texts = rnd.choice(["{}", "NEW {}"])
        has_ids = rnd.random() < 0.8
        said = [
            replace(ledger[at], text=texts.format(ledger[at].text), ref=ledger[at].ref * has_ids)
            for at in stretch
        ]
        file = brought(rnd.choice([mt940, camt])(f"S{number}", said, opening))
        if file.state == "preview":
            files.commit(file, actor=None)
            came |= set(stretch)

    amounts = Counter((one.booked_on.day, one.amount // 100) for one in BankLine.objects.all())
    assert amounts == Counter((ledger[at].day, ledger[at].amount) for at in came)
