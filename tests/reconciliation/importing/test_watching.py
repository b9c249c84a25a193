"""The watched folder takes whole files, says what became of each, and lets two watchers share it."""

import os
import threading
import time

import pytest
from django.core.management import call_command
from django.db import connection

from reconciliation.importing import files, tasks, watching
from reconciliation.importing.evidence import keep
from reconciliation.importing.files import Origin
from reconciliation.models import GatewayLine, StatementFile
from tests.reconciliation.importing.payout_files import stripe


@pytest.fixture(autouse=True)
def _kept_apart(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "inbox"
    made.mkdir()
    return made


@pytest.mark.django_db
class TestWatching:
    def test_a_whole_file_goes_to_done_and_a_wrong_one_to_refused_with_a_note(self, folder):
        # given
        (folder / "good.csv").write_bytes(stripe(4))
        (folder / "wrong.csv").write_bytes(stripe(4, "po_2").replace(b"12.00", b"13.00"))

        # when
        taken = watching.watch(folder, pause=0)

        # then
        assert [(one.name, one.imported) for one in taken] == [
            ("good.csv", True),
            ("wrong.csv", False),
        ]
        assert (folder / "done/good.csv").read_bytes() == stripe(4)
        assert (folder / "done/good.csv.txt").read_text() == "Imported: 5 lines.\n"
        assert "does not add up" in (folder / "refused/wrong.csv.txt").read_text()
        assert GatewayLine.objects.count() == 5
        assert not list((folder / "working").iterdir())

    def test_the_same_name_again_overwrites_nothing(self, folder):
        for _ in range(2):
            (folder / "report.csv").write_bytes(stripe(4))
            watching.watch(folder, pause=0)

        assert (folder / "done/report.csv").exists()
        assert "imported before" in (folder / "refused/report.csv.txt").read_text()
        assert GatewayLine.objects.count() == 5

    def test_a_file_that_still_grows_and_one_that_is_still_sent_are_left(self, folder):
        # given
        growing = folder / "growing.csv"
        growing.write_bytes(stripe(4)[:100])
        (folder / "sent.csv.part").write_bytes(stripe(4))

        def grow():
            time.sleep(0.2)
            growing.write_bytes(stripe(4))

        writer = threading.Thread(target=grow)
        writer.start()

        # when
        taken = watching.watch(folder, pause=0.6)
        writer.join()

        # then
        assert taken == []
        assert growing.exists()
        assert (folder / "sent.csv.part").exists()

    def test_a_file_a_watcher_died_with_is_taken_again(self, folder):
        # given
        (folder / "working").mkdir()
        lost = folder / "working" / "lost.csv"
        lost.write_bytes(stripe(4))
        os.utime(lost, (0, 0))

        # when
        taken = watching.watch(folder, pause=0)

        # then
        assert [one.imported for one in taken] == [True]

    def test_the_command_looks_once(self, folder, capsys):
        (folder / "good.csv").write_bytes(stripe(4))

        call_command("watch_payouts", folder=folder, pause=0)

        assert "good.csv: imported. Imported: 5 lines." in capsys.readouterr().out

    def test_without_a_folder_the_task_does_nothing(self, settings):
        settings.PAYOUT_FOLDER = ""

        tasks.watch_folder()

        assert not StatementFile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_watchers_of_one_folder(folder):
    # given
    for number in range(6):
        (folder / f"report-{number}.csv").write_bytes(stripe(4, f"po_{number}"))
    seen: list[watching.Taken] = []

    def look():
        try:
            seen.extend(watching.watch(folder, pause=0.1))
        finally:
            connection.close()

    # when
    watchers = [threading.Thread(target=look) for _ in range(2)]
    for one in watchers:
        one.start()
    for one in watchers:
        one.join()

    # then
    assert sorted(one.name for one in seen) == [f"report-{number}.csv" for number in range(6)]
    assert all(one.imported for one in seen)
    assert GatewayLine.objects.count() == 30


@pytest.mark.django_db
class TestTasks:
    def test_a_large_file_is_read_and_imported_by_tasks(self, finance):
        # given
        file = files.arrive(keep([stripe(4)]), Origin(name="large.csv", actor=finance))

        # when
        tasks.read_file(file.pk)
        told = tasks.import_file(file.pk, finance.pk)

        # then
        assert told == "5 lines"
        file.refresh_from_db()
        assert (file.state, file.imported_by_name) == ("imported", "Fiona Field")

    def test_what_nobody_decided_about_is_let_go(self, finance):
        # given
        file = files.inspect(files.arrive(keep([stripe(4)]), Origin(name="a.csv", actor=finance)))
        StatementFile.objects.update(uploaded_at="2026-01-01T00:00Z")

        # when
        tasks.tidy()

        # then
        file.refresh_from_db()
        assert file.state == "held"
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s)::text", [f"reconciliation_staged_{file.pk}"])
            assert cursor.fetchone() == (None,)
