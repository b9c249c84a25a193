"""The evidence pack of a period."""

import csv
import io
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from openpyxl import load_workbook

from integration.audit.models import AuditEntry
from reconciliation import adjustments, evidence, periods
from reconciliation.adjustments import Proposal
from reconciliation.models import Adjustment, ControlRun, Period
from reconciliation.refusals import Refused
from tests.factories.reconciliation import difference, limits
from tests.reconciliation.test_periods import DAY, signed


@pytest.fixture
def period(db, finance, finance2) -> Period:
    now = timezone.now()
    ControlRun.objects.create(control="order_to_prima", started_at=now, finished_at=now)
    limits()
    off = difference(title="=HYPERLINK(1)")
    proposal = Proposal(Adjustment.Kind.FEE, "Known fee.", ledger="7900")
    made = adjustments.propose(off, proposal, actor=finance, version=1)
    adjustments.approve(made, actor=finance2)
    return signed(periods.period_of("main", DAY), finance, finance2)


@pytest.fixture
def packed(period, finance, tmp_path: Path) -> Path:
    path = tmp_path / "pack.zip"
    with evidence.pack(period, actor=finance) as made:
        path.write_bytes(made.read())
    return path


def rows(path: Path, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))


def test_it_holds_the_statement_and_every_list(packed):
    with zipfile.ZipFile(packed) as archive:
        names = set(archive.namelist())
        assert archive.read("statement.pdf").startswith(b"%PDF")
        assert b"Adjusted: Book as gateway fee" in archive.read("statement.html")
        book = load_workbook(io.BytesIO(archive.read("adjustments.xlsx")))

    assert {"matches.csv", "differences.csv", "decisions.csv", "payouts.csv", "README.txt"} < names
    assert book.active is not None
    assert book.active.max_row == 2


def test_who_decided_what_is_in_it(packed, finance, finance2):
    [row] = rows(packed, "adjustments.csv")

    assert (row["Amount"], row["Currency"], row["State"]) == ("12.34", "GBP", "Approved")
    assert (row["Proposed by"], row["Decided by"]) == (str(finance), str(finance2))


def test_formulas_are_harmless(packed):
    [row] = rows(packed, "differences.csv")

    assert row["What"] == "'=HYPERLINK(1)"


def test_an_unchanged_pack_verifies(packed, capsys):
    call_command("verify_evidence", packed)

    assert "Whole and unchanged." in capsys.readouterr().out


def test_one_changed_digit_shows(packed, tmp_path):
    forged = tmp_path / "forged.zip"
    with zipfile.ZipFile(packed) as archive, zipfile.ZipFile(forged, "w") as other:
        for name in archive.namelist():
            content = archive.read(name)
            if name == "adjustments.csv":
                content = content.replace(b"12.34", b"12.35")
            other.writestr(name, content)

    with pytest.raises(CommandError, match=r"adjustments\.csv was changed"):
        call_command("verify_evidence", forged)


def test_a_pack_with_new_hashes_is_unknown_to_the_trail(packed, tmp_path):
    forged = tmp_path / "forged.zip"
    with zipfile.ZipFile(forged, "w") as other:
        other.writestr("MANIFEST.sha256", "")

    with pytest.raises(CommandError, match="knows no such pack"):
        call_command("verify_evidence", forged)


def test_a_file_that_is_no_pack_is_refused_in_words(tmp_path):
    path = tmp_path / "x.zip"
    path.write_bytes(b"nonsense")

    with pytest.raises(CommandError, match="cannot be read as an evidence pack"):
        call_command("verify_evidence", path)


def test_an_open_period_has_no_pack(db, finance):
    with pytest.raises(Refused, match="when the period is signed"):
        evidence.pack(periods.period_of("main", DAY), actor=finance)

    assert not AuditEntry.objects.filter(action="evidence pack made").exists()
