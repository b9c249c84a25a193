"""A report packed in an archive is taken in like the report itself, and only when that is safe."""

import gzip
import struct
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse
from openpyxl import Workbook

from integration.audit.models import AuditEntry
from reconciliation import lists
from reconciliation.importing import archives, evidence, files, tasks, watching
from reconciliation.importing.files import Choices, Origin
from reconciliation.models import GatewayLine, StatementFile
from tests.reconciliation.importing.payout_files import stripe

LOCKED = 0x1


@pytest.fixture(autouse=True)
def _kept_apart(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"


def zipped(*, how: int = ZIP_DEFLATED, **members: bytes) -> bytes:
    """Double underscores in names stand for dots, for members are keywords."""
    return packed({name.replace("__", "."): data for name, data in members.items()}, how)


def packed(members: dict[str, bytes], how: int = ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", how) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def brought(data: bytes, name: str = "report.zip", **origin: Any) -> StatementFile:
    return files.inspect(files.arrive(evidence.keep([data]), Origin(name=name, **origin)))


@pytest.mark.django_db
class TestOneReport:
    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("march.zip", zipped(report__csv=stripe(4))),
            ("report.csv.gz", gzip.compress(stripe(4))),
            (
                "mac.zip",
                packed({"out/": b"", "out/report.csv": stripe(4), "__MACOSX/out/._report.csv": b"x",
                        "out/.DS_Store": b"y"}),
            ),
        ],
    )  # fmt: skip
    def test_is_read_and_both_are_kept_as_they_came(self, finance, name, data):
        # when
        file = brought(data, name)

        # then
        plain, archive = evidence.keep([stripe(4)]), evidence.keep([data])
        assert (file.state, file.name, file.packed_name) == ("preview", "report.csv", name)
        assert (file.sha256, file.packed_sha256) == (plain.sha256, archive.sha256)
        assert (Path(settings.MEDIA_ROOT) / file.path).read_bytes() == stripe(4)
        assert (Path(settings.MEDIA_ROOT) / file.packed_path).read_bytes() == data
        files.commit(file, actor=finance)
        assert GatewayLine.objects.count() == 5
        said = AuditEntry.objects.get(action="payout file unpacked").details
        assert (said["archive_sha256"], said["sha256"]) == (archive.sha256, plain.sha256)

    def test_that_was_imported_plain_is_known_packed_and_the_other_way_round(self, finance):
        files.commit(brought(stripe(4), "plain.csv"), actor=finance)
        files.commit(brought(zipped(two__csv=stripe(4, "po_2")), "two.zip"), actor=finance)

        for data, name in (
            (zipped(report__csv=stripe(4)), "packed.zip"),
            (gzip.compress(stripe(4)), "packed.gz"),
            (stripe(4, "po_2"), "two.csv"),
            (zipped(two__csv=stripe(4, "po_2")), "again.zip"),
        ):
            file = brought(data, name)
            assert file.state == "refused"
            assert file.message.startswith("This very file was imported before")
        assert GatewayLine.objects.count() == 10

    def test_that_is_a_workbook_may_be_packed_and_a_workbook_itself_is_no_archive(self):
        out = BytesIO()
        book = Workbook()
        book.save(out)  # Empty, so that nobody knows it.

        assert brought(out.getvalue(), "a.xlsx").packed_sha256 == ""
        assert brought(zipped(a__xlsx=out.getvalue())).name == "a.xlsx"

    def test_that_has_no_name_in_the_archive_is_read_all_the_same(self):
        nameless = zipped(a__csv=stripe(4)).replace(b"a.csv", b"\0.csv")

        file = brought(nameless)

        assert (file.state, file.name, file.packed_name) == ("preview", "file", "report.zip")

    def test_that_is_held_is_read_again_from_the_report(self, finance):
        file = brought(zipped(a__csv=b"a,b,c\n1,2,3\n"))
        assert file.state == "held"

        file = files.inspect(files.again(file, actor=finance, said=Choices()))

        assert file.state == "held"
        assert "No known payout or bank format" in file.message
        assert AuditEntry.objects.filter(action="payout file unpacked").count() == 1

    def test_that_is_large_is_read_in_the_background_however_small_its_archive_is(
        self, finance, settings
    ):
        settings.PAYOUT_BACKGROUND_MB = 1
        for data, name in (
            (zipped(report__csv=stripe(20_000)), "large.zip"),
            (gzip.compress(stripe(20_000)), "large.csv.gz"),
        ):
            assert len(data) < 1 << 20
            file = tasks.read_soon(
                files.arrive(evidence.keep([data]), Origin(name=name, actor=finance))
            )
            assert file.state == "reading"


@pytest.mark.django_db
class TestEveryWay:
    def test_in_the_browser(self, client_for, finance):
        client = client_for(finance)

        answer = client.post(
            reverse("payout-file-new"),
            {"file": SimpleUploadedFile("march.zip", zipped(report__csv=stripe(4)))},
        )

        file = StatementFile.objects.get()
        page = client.get(answer["Location"]).content.decode()
        assert "packed in march.zip" in page
        assert file.packed_sha256 in page
        assert list(client.get(reverse("payout-files"), {"q": "march"}).context["table"].data) == [
            file
        ]
        told = {column.title: column.value(file) for column in lists.FILES}
        assert told["SHA-256 of the archive"] == file.packed_sha256

    def test_on_the_command_line(self, tmp_path, capsys):
        path = tmp_path / "march.zip"
        path.write_bytes(zipped(report__csv=stripe(4)))

        call_command("import_payout", path, dry_run=True)
        assert "Nothing was imported: this was a trial." in capsys.readouterr().out
        assert not StatementFile.objects.exists()
        call_command("import_payout", path)

        assert "Imported: 5 lines." in capsys.readouterr().out
        with pytest.raises(CommandError, match="imported before"):
            call_command("import_payout", path, dry_run=True)

    def test_in_the_watched_folder(self, tmp_path):
        (tmp_path / "march.zip").write_bytes(zipped(report__csv=stripe(4)))
        (tmp_path / "two.zip").write_bytes(zipped(a__csv=stripe(4), b__csv=stripe(4, "po_2")))

        taken = watching.watch(tmp_path, pause=0)

        assert [(one.name, one.imported) for one in taken] == [
            ("march.zip", True),
            ("two.zip", False),
        ]
        assert "“a.csv”, “b.csv”" in (tmp_path / "refused/two.zip.txt").read_text()


def locked() -> bytes:
    """As a program with a password writes it: the flag is in both headers of the member."""
    data = bytearray(zipped(report__csv=stripe(4)))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= LOCKED
    return bytes(data)


def damaged() -> bytes:
    data = bytearray(zipped(report__csv=stripe(40)))
    data[120] ^= 0xFF
    return bytes(data)


def crowded() -> bytes:
    return packed({f"{number}.csv": b"" for number in range(25_000)})


def end_of_64() -> bytes:
    """An archive whose list of contents is told in the long form, where its size may be anything."""
    data = zipped(report__csv=stripe(4))
    at = data.rindex(b"PK\x05\x06")
    return data[:at] + b"PK\x06\x07" + struct.pack("<IQI", 0, at, 1) + data[at:]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (zipped(b__csv=stripe(4), a__csv=stripe(4)), "holds 2 files: “a.csv”, “b.csv”. Nothing"),
        (packed({}), "The archive holds no file"),
        (packed({"__MACOSX/._a": b"", "x/": b""}), "The archive holds no file"),
        (packed({"../../a.csv": stripe(4)}), "write outside of its own folder (“../../a.csv”)"),
        (packed({"/etc/a.csv": stripe(4)}), "write outside of its own folder"),
        (packed({"C:\\a.csv": stripe(4)}), "write outside of its own folder"),
        (zipped(a__zip=zipped(a__csv=stripe(4))), "holds another archive, “a.zip”"),
        (zipped(a__csv=gzip.compress(stripe(4))), "holds another archive"),
        (gzip.compress(zipped(a__csv=stripe(4))), "holds another archive"),
        (locked(), "locked with a password"),
        (zipped(how=ZIP_BZIP2, a__csv=stripe(4)), "packed in a way the desk does not unpack"),
        (damaged(), "damaged or cut short"),
        (zipped(a__csv=stripe(40))[:300], "damaged or cut short"),
        (gzip.compress(stripe(40))[:-9], "damaged or cut short"),
        (gzip.compress(stripe(40))[:-8] + b"\0" * 8, "damaged or cut short"),
        (packed({"content.xml": b"", "meta.xml": b"", "mimetype": b""}), "sheet of LibreOffice"),
        (crowded(), "holds more than any report needs"),
        (end_of_64(), "holds more than any report needs"),
        (zipped(a__csv=b"0" * (40 << 20)), "more than 300 times its size"),
        (gzip.compress(b"0" * (40 << 20)), "more than 300 times its size"),
    ],
)  # fmt: skip
def test_an_archive_that_is_not_taken_says_why_and_leaves_nothing(data, words):
    # when
    file = brought(data)

    # then
    assert (file.state, file.packed_sha256) == ("refused", "")
    assert words in file.message
    assert file.sha256 == evidence.keep([data]).sha256
    folder = Path(settings.MEDIA_ROOT) / "statements"
    assert [path.name for path in folder.iterdir() if path.is_file()] == [file.sha256]
    assert not list((folder / ".incoming").iterdir())


@pytest.mark.django_db
def test_an_archive_that_lies_about_its_size_is_counted_while_it_unpacks(settings):
    settings.PAYOUT_MAX_MB = 1
    data = bytearray(gzip.compress(stripe(20_000)))
    data[-4:] = struct.pack("<I", 10)

    assert "more than the 1 MB allowed" in brought(bytes(data)).message


def test_unpacking_holds_only_a_piece_in_memory(tmp_path):
    path = tmp_path / "long.zip"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive, archive.open("a.csv", "w") as out:
        for number in range(20):
            out.write(bytes(f"{number},", "ascii") * (1 << 18))

    with path.open("rb") as stream:
        report = archives.report_in(stream, "long.zip")
        assert report is not None
        assert max(map(len, report.chunks())) <= 1 << 20
