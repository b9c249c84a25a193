"""Files are imported whole or not at all, once, and say why when they are not."""

import threading
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from integration.audit.models import AuditEntry
from reconciliation.importing import evidence, files
from reconciliation.importing.files import Choices, Origin
from reconciliation.importing.problems import NotImported
from reconciliation.models import BankLine, GatewayLine, Payout, StatementFile
from tests.reconciliation.importing.payout_files import HEAD, line, payout_row, stripe


@pytest.fixture(autouse=True)
def _kept_apart(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"


def brought(data: bytes, name: str = "report.csv", **origin: Any) -> StatementFile:
    kept = evidence.keep([data])
    return files.inspect(files.arrive(kept, Origin(name=name, **origin)))


def staged_tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relname LIKE 'reconciliation_staged%'")
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.django_db
class TestPreview:
    def test_a_file_is_read_and_shown_before_anything_of_it_is_visible(self):
        # when
        file = brought(stripe(4))

        # then
        assert file.state == "preview"
        assert file.format == "stripe_payout_reconciliation"
        assert file.lines == 5
        assert file.totals == {"GBP": "44.80"}
        assert [(one["kind"], one["count"], one["net"]) for one in file.preview["kinds"]] == [
            ("charge", 4, "44.80"),
            ("payout", 1, "-44.80"),
        ]
        assert file.preview["payouts"][0]["stated"] == "44.80"
        assert not GatewayLine.objects.exists()
        assert not Payout.objects.exists()

    def test_the_evidence_is_kept_as_it_came_and_cannot_be_written(self):
        # when
        file = brought(stripe())

        # then
        kept = Path(settings.MEDIA_ROOT) / file.path
        assert kept.read_bytes() == stripe()
        assert kept.name == file.sha256
        assert kept.stat().st_mode & 0o222 == 0

    def test_the_same_content_is_kept_once(self):
        brought(stripe(), "a.csv")
        brought(stripe(), "b.csv")

        folder = Path(settings.MEDIA_ROOT) / "statements"
        assert len([path for path in folder.iterdir() if path.is_file()]) == 1
        assert not list((folder / ".incoming").iterdir())


@pytest.mark.django_db
class TestImport:
    def test_lines_and_payouts_come_in_together_in_minor_units(self, finance):
        # given
        file = brought(stripe(4))

        # when
        files.commit(file, actor=finance)

        # then
        file.refresh_from_db()
        payout = Payout.objects.get()
        first = GatewayLine.objects.order_by("row").first()
        assert (file.state, file.imported_by_name) == ("imported", str(finance))
        assert (payout.stated, payout.computed, payout.line_count) == (4480, 4480, 4)
        assert first is not None
        assert (first.gross, first.fee, first.net, first.reference) == (1000, 30, 970, "CO-0")
        assert first.payout == payout
        assert GatewayLine.objects.count() == 5
        assert staged_tables() == []
        assert AuditEntry.objects.filter(action="payout file imported").count() == 1

    def test_what_a_crash_of_the_database_emptied_is_read_once_more(self, finance):
        # given
        file = brought(stripe(4))
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE reconciliation_staged_{file.pk}")

        # when
        files.commit(file, actor=finance)

        # then
        assert GatewayLine.objects.count() == 5

    def test_the_list_of_payouts_and_their_lines_may_come_in_two_files(self, finance):
        # given
        listed = (
            b"id,amount,arrival_date,currency,status,method,type\n"
            b"po_1,4480,2026-10-05 00:00:00,gbp,paid,standard,bank_account\n"
        )
        files.commit(brought(listed, "payouts.csv"), actor=finance)

        # when
        files.commit(brought(stripe(4)), actor=finance)

        # then
        payout = Payout.objects.get()
        assert (payout.stated, payout.computed, payout.line_count) == (4480, 4480, 4)

    def test_a_bank_statement_becomes_bookings(self, finance):
        # given
        statement = (
            b":20:S1\r\n:25:GB29NWBK60161331926819\r\n:28C:7/1\r\n:60F:C261001GBP100,00\r\n"
            b":61:2610051005C44,80NTRFpo_1//B1\r\n:86:STRIPE PAYOUT po_1\r\n"
            b":62F:C261005GBP144,80\r\n-\r\n"
        )

        # when
        files.commit(brought(statement, "bank.sta"), actor=finance)

        # then
        booking = BankLine.objects.get()
        assert (booking.amount, booking.currency) == (4480, "GBP")
        assert str(booking.booked_on) == "2026-10-05"


@pytest.mark.django_db
class TestRefusal:
    def test_the_same_file_again_names_the_earlier_import(self, finance):
        # given
        files.commit(brought(stripe(), "first.csv"), actor=finance)

        # when
        again = brought(stripe(), "second.csv")

        # then
        assert again.state == "refused"
        assert "imported before: “first.csv”, imported by Fiona Field on" in again.message
        assert GatewayLine.objects.count() == 5

    def test_lines_known_from_another_file_refuse_the_whole_file(self, finance):
        # given
        files.commit(brought(stripe(4), "first.csv"), actor=finance)
        mixed = (HEAD + line(0, 1000) + line(9, 500) + payout_row(970 + 470)).encode()

        # when
        file = brought(mixed, "mixed.csv")

        # then
        assert file.state == "refused"
        assert file.message.startswith("2 lines are known already, the first is “txn_po_1_0”")
        assert GatewayLine.objects.count() == 5
        assert staged_tables() == []

    def test_further_lines_of_a_payout_that_is_complete_are_refused(self, finance):
        files.commit(brought(stripe(4)), actor=finance)
        other = (HEAD + line(9, 500)).encode()

        file = brought(other)

        assert file.state == "refused"
        assert "The lines of payout po_1 are known already" in file.message

    def test_a_line_twice_in_one_file(self):
        twice = (HEAD + line(1, 500) + line(1, 500) + payout_row(940)).encode()

        file = brought(twice)

        assert file.message.startswith(
            "The line “txn_po_1_1” is in the file twice, in rows 2 and 3"
        )

    def test_one_digit_changed(self):
        file = brought(stripe().replace(b"12.00", b"13.00"))

        assert file.state == "refused"
        assert "does not add up" in file.message

    @pytest.mark.parametrize("taken", [5, 30, 60, 61, 62, 63, 64, 100])
    def test_a_file_cut_anywhere_in_a_row_is_not_imported(self, taken):
        whole = stripe(40)

        file = brought(whole[: len(whole) // 2 + taken])

        assert file.state in ("refused", "held")
        assert "cut" in file.message
        assert staged_tables() == []

    def test_a_whole_file_without_a_last_line_end_is_read(self):
        assert brought(stripe(4).rstrip()).state == "preview"

    def test_a_person_may_say_that_a_file_is_whole(self, finance):
        # given
        file = brought((HEAD + line(1, 500) + line(10, 900)).rstrip().encode())
        assert (file.state, "say that it is whole" in file.message) == ("held", True)

        # when
        file = files.inspect(files.again(file, actor=finance, said=Choices(whole=True)))

        # then
        assert file.state == "preview"

    def test_an_unknown_kind_of_row_is_held(self):
        file = brought(stripe().replace(b",charge,", b",moonbeam,", 1))

        assert file.state == "held"
        assert "“moonbeam”" in file.message

    def test_a_file_nobody_knows_is_held_and_can_be_discarded(self, finance):
        # given
        file = brought(b"a,b,c\n1,2,3\n")
        assert file.state == "held"

        # when
        files.discard(file, actor=finance)

        # then
        file.refresh_from_db()
        assert file.state == "discarded"
        assert (Path(settings.MEDIA_ROOT) / file.path).exists()

    @pytest.mark.parametrize("start", [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"\x00\x01,\x02"])
    def test_a_picture_is_held_and_its_bytes_are_not_shown(self, start):
        file = brought(start + b"\x00" * 20, "receipt.png")

        assert file.state == "held"
        assert file.message.startswith("No known payout or bank format looks like this file.")
        assert file.message.isprintable()

    def test_a_row_of_two_million_characters(self):
        file = brought((HEAD + "po_1," + "x" * 2_000_000).encode())

        assert file.state == "refused"
        assert "longer than a million characters" in file.message

    def test_a_workbook_that_unpacks_to_half_a_gigabyte_is_not_opened(self):
        # given
        packed = BytesIO()
        with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", b"")
            with archive.open("x.xml", "w") as sheet:
                for _ in range(500):
                    sheet.write(b"\0" * (1 << 20))

        # when
        file = brought(packed.getvalue(), "bomb.xlsx")

        # then
        assert file.state == "refused"
        assert "unpacks to 500 MB" in file.message

    def test_a_cell_too_long_to_be_an_identifier(self):
        file = brought(stripe().replace(b"txn_po_1_2", b"t" * 300))

        assert file.state == "refused"
        assert "A cell of 300 characters" in file.message

    def test_what_is_imported_is_neither_discarded_nor_imported_again(self, finance):
        file = files.commit(brought(stripe()), actor=finance)

        with pytest.raises(NotImported, match="can no longer be discarded"):
            files.discard(file, actor=finance)
        with pytest.raises(NotImported, match="is not waiting to be imported"):
            files.commit(file, actor=finance)

        file.refresh_from_db()
        assert file.state == "imported"


@pytest.mark.django_db(transaction=True)
def test_two_people_import_the_same_file_at_once(finance, finance2):
    # given
    mine, yours = brought(stripe(40), "mine.csv"), brought(stripe(40), "yours.csv")
    refused: list[str] = []
    start = threading.Barrier(2)

    def press(file, actor):
        start.wait()
        try:
            files.commit(file, actor=actor)
        except NotImported as refusal:
            refused.append(refusal.message)
        finally:
            connection.close()

    # when
    people = [
        threading.Thread(target=press, args=pair) for pair in [(mine, finance), (yours, finance2)]
    ]
    for one in people:
        one.start()
    for one in people:
        one.join()

    # then
    assert len(refused) == 1
    assert "This very file was imported before" in refused[0]
    assert GatewayLine.objects.count() == 41
    assert sorted(StatementFile.objects.values_list("state", flat=True)) == ["imported", "refused"]


@pytest.mark.django_db
class TestCommand:
    def test_a_trial_changes_nothing_and_tells_the_totals(self, tmp_path, capsys):
        # given
        path = tmp_path / "report.csv"
        path.write_bytes(stripe(4))

        # when
        call_command("import_payout", path, dry_run=True)

        # then
        told = capsys.readouterr().out
        assert "Stripe, itemised payout reconciliation" in told
        assert "44.80 GBP" in told
        assert "Nothing was imported: this was a trial." in told
        assert not StatementFile.objects.exists()
        assert not GatewayLine.objects.exists()
        assert not AuditEntry.objects.exists()
        assert not Path(settings.MEDIA_ROOT).exists()
        assert staged_tables() == []

    def test_payouts_without_lines_are_told_without_days(self, tmp_path, capsys):
        path = tmp_path / "payouts.csv"
        path.write_text(
            "id,Type,Source Type,Amount,Fees,Destination,Initiation Date,Arrival Date,Method,"
            "Status,Currency\n"
            "po_1,bank_account,card,1000,0.00,ba_1,2026-10-01 00:00,2026-10-03 00:00,standard,"
            "paid,gbp\n"
        )

        call_command("import_payout", path, dry_run=True)

        assert "0 lines, 1 payout\n" in capsys.readouterr().out

    def test_a_whole_file_is_imported(self, tmp_path, capsys):
        path = tmp_path / "report.csv"
        path.write_bytes(stripe(4))

        call_command("import_payout", path)

        assert "Imported: 5 lines." in capsys.readouterr().out
        assert GatewayLine.objects.count() == 5

    @pytest.mark.parametrize("dry_run", [True, False])
    def test_a_file_that_does_not_foot_ends_with_the_sentence(self, tmp_path, dry_run):
        path = tmp_path / "report.csv"
        path.write_bytes(stripe().replace(b"12.00", b"13.00"))

        with pytest.raises(CommandError, match="does not add up"):
            call_command("import_payout", path, dry_run=dry_run)

        assert not GatewayLine.objects.exists()

    def test_a_trial_of_a_file_that_was_imported(self, tmp_path):
        path = tmp_path / "report.csv"
        path.write_bytes(stripe())
        call_command("import_payout", path)

        with pytest.raises(CommandError, match="imported before"):
            call_command("import_payout", path, dry_run=True)

    def test_an_account_of_ones_own_stands_in(self, tmp_path):
        path = tmp_path / "report.csv"
        path.write_bytes(stripe())

        call_command("import_payout", path, account="shop-2")

        assert set(GatewayLine.objects.values_list("account", flat=True)) == {"shop-2"}
        assert Payout.objects.get().line_count == 4
        assert Payout.objects.get().account == "shop-2"
