"""The evidence pack of a period."""

import csv
import io
import re
import zipfile
import zlib
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from integration.audit.models import AuditEntry
from reconciliation import adjustments, by_hand, evidence, match, periods, statement
from reconciliation.adjustments import Proposal
from reconciliation.by_hand import Chosen
from reconciliation.models import Adjustment, Period, StatementFile
from reconciliation.refusals import Refused
from tests.factories.matching import account, document, line, rate
from tests.factories.reconciliation import all_run, difference, limits
from tests.reconciliation.test_periods import DAY, carried, reopened, signed


@pytest.fixture
def period(db, finance, finance2) -> Period:
    all_run()
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


def test_the_statement_says_what_was_left_when_it_was_signed(period, finance, finance2, tmp_path):
    opened = reopened(period, finance, finance2)
    difference("CO-7")
    locked = carried(opened, finance, finance2)

    with evidence.pack(locked, actor=finance) as made, zipfile.ZipFile(made) as archive:
        statement = " ".join(archive.read("statement.html").decode().split())

    assert '<td>No open difference</td> <td class="num">1</td>' in statement
    assert "<td>explained: No open difference</td>" in statement


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


def test_a_change_of_any_byte_is_found(packed, tmp_path):
    whole = packed.read_bytes()
    forged = tmp_path / "forged.zip"
    # Every part of the ZIP is met: names, times, contents, the list at its end.
    places = {*range(0, len(whole), len(whole) // 60), *range(len(whole) - 60, len(whole))}

    for place in sorted(places):
        forged.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(CommandError):
            call_command("verify_evidence", forged)
    forged.write_bytes(whole + b"!")
    with pytest.raises(CommandError, match="not byte for byte"):
        call_command("verify_evidence", forged)


def test_a_damaged_member_is_named(packed, tmp_path):
    whole = bytearray(packed.read_bytes())
    with zipfile.ZipFile(packed) as archive:
        info = archive.getinfo("matches.csv")
    whole[info.header_offset + 30 + len("matches.csv") + 30] ^= 255
    forged = tmp_path / "forged.zip"
    forged.write_bytes(whole)

    with pytest.raises(CommandError, match=r"matches\.csv (is damaged|was changed)"):
        call_command("verify_evidence", forged)


def test_every_line_and_document_of_a_match_is_in_it(period, finance, finance2, tmp_path):
    Period.objects.filter(pk=period.pk).update(state="open")
    lines, papers = [line(gross=1000), line(gross=234)], [document(minor=1234)]
    made = by_hand.put_together(Chosen(lines, papers), actor=finance, reason="Two shipments")
    Period.objects.filter(pk=period.pk).update(state="signed")
    period.refresh_from_db()
    path = tmp_path / "pack.zip"
    with evidence.pack(period, actor=finance) as pack:
        path.write_bytes(pack.read())

    parts = rows(path, "match-parts.csv")

    assert {row["Match"] for row in parts} == {str(made.pk)}
    assert sorted(row["Line"] for row in parts) == sorted(one.line_id for one in lines)
    assert [row["Document"] for row in parts if row["Document"]] == [papers[0].number]
    assert [row["Amount"] for row in parts if row["Amount"]] == ["12.34"]
    assert [row["File"] for row in rows(path, "files.csv")] == [lines[0].file.name]


def test_what_the_exchange_rate_made_is_told_with_the_account_it_is_booked_to(
    period, finance, tmp_path, client_for
):
    Period.objects.filter(pk=period.pk).update(state="open")
    account("fx", "7906")
    rate("0.85")
    line("CO-1", 845, original_amount=1000, original_currency="EUR")
    document("CO-1", 1000, currency="EUR")
    match.run()
    Period.objects.filter(pk=period.pk).update(state="signed")
    period.refresh_from_db()
    path = tmp_path / "pack.zip"
    with evidence.pack(period, actor=finance) as pack:
        path.write_bytes(pack.read())

    (row,) = rows(path, "matches.csv")
    assert (row["Left"], row["Currency"], row["Booked to"]) == ("10.00", "EUR", "7906")
    assert (row["Exchange difference"], row["Its currency"]) == ("-0.05", "GBP")
    (part,) = rows(path, "match-parts.csv")
    assert (part["Gross"], part["Currency of the line"]) == ("8.45", "GBP")
    assert (part["Amount"], part["Currency"]) == ("10.00", "EUR")
    told = [(one.what, one.currency, one.amount) for one in statement.figures(period)]
    assert ("Exchange differences booked: 7906", "GBP", "-0.05") in told
    client = client_for(finance)
    shown = client.get(reverse("match", args=[row["Match"]])).content.decode()
    assert "-0.05 GBP, booked to account 7906" in shown
    listed = client.get(f"{reverse('matches')}?export=csv")
    assert "-0.05,GBP,7906" in b"".join(listed.streaming_content).decode()


def test_its_lists_say_in_words_what_the_pages_say(period, finance, finance2, tmp_path):
    Period.objects.filter(pk=period.pk).update(state="open")
    by_hand.put_together(
        Chosen([line(gross=1234)], [document(minor=1234)]), actor=finance, reason="One order"
    )
    StatementFile.objects.update(format="stripe_payout_reconciliation")
    period.events.create(
        action="explained", actor=finance, actor_name=str(finance), reason="Known.", at=timezone.now(),
        details={"point": "files"},
    )  # fmt: skip
    Period.objects.filter(pk=period.pk).update(state="signed")
    period.refresh_from_db()
    path = tmp_path / "pack.zip"
    with evidence.pack(period, actor=finance) as pack:
        path.write_bytes(pack.read())

    (made,) = rows(path, "matches.csv")
    (off,) = rows(path, "differences.csv")
    (part,) = [row for row in rows(path, "match-parts.csv") if row["Line"]]
    assert (made["Control"], made["Rule"]) == ("Payout lines and documents", "By hand")
    assert (off["Control"], off["Kind"]) == ("Payout lines and documents", "Amount differs")
    assert (part["Gateway"], part["Kind of line"]) == ("Stripe", "Charge")
    assert [row["Recognised as"] for row in rows(path, "files.csv")] == [
        "Stripe, itemised payout reconciliation"
    ]
    assert {row["Point"] for row in rows(path, "sign-off.csv")} == {"", "No file is held"}


def test_timing_is_not_called_an_adjustment_of_the_figures(db, finance, finance2):
    proposal = Proposal(Adjustment.Kind.TIMING, "Next payout.", until=date(2026, 12, 30))
    made = adjustments.propose(difference(), proposal, actor=finance, version=1)
    adjustments.approve(made, actor=finance2)

    told = [one.what for one in statement.figures(periods.period_of("main", DAY))]

    assert "Not booked: marked as timing" in told
    assert not [what for what in told if what.startswith("Adjusted: ")]


def test_who_signed_is_in_it(packed, finance, finance2):
    signed_by = [row["Who"] for row in rows(packed, "sign-off.csv") if row["What"] == "signed"]

    assert signed_by == [str(finance), str(finance2)]


def test_the_pdf_carries_the_letters_of_names_from_abroad(period, finance, tmp_path):
    signing = period.events.filter(action="signed").first()
    signing.pk, signing.reason = None, "Łódź, Αθήνα, София"
    signing.save()
    path = tmp_path / "pack.zip"
    with evidence.pack(period, actor=finance) as made:
        path.write_bytes(made.read())

    with zipfile.ZipFile(path) as archive:
        page = archive.read("statement.pdf")

    known = letters(page)
    assert set("ŁódźΑθήναСофия–") <= known
    assert b"/FontFile2" in page


def letters(page: bytes) -> set[str]:
    """What the fonts inside a PDF can draw, by their own tables of characters."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", page, re.DOTALL)
    text = b"".join(
        zlib.decompressobj().decompress(one) if one[:1] == b"x" else one for one in streams
    )
    return {chr(int(code, 16)) for code in re.findall(rb"> ?<([0-9A-Fa-f]{4})>", text)}
