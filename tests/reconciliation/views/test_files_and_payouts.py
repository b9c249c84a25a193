"""Uploading, deciding, and looking at payouts: in the browser's words, and for whom."""

import csv
import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integration.audit.models import AuditEntry
from reconciliation.models import (
    BankLine,
    BankMatch,
    GatewayLine,
    Match,
    Payout,
    Period,
    StatementFile,
)
from reconciliation.periods import period_of
from tests.factories.desk_of_finance import desk
from tests.reconciliation.importing.payout_files import HEAD, line, payout_row, stripe

READING = ["payouts", "payout-files"]
CHANGING = ["payout-file-import", "payout-file-discard", "payout-file-read"]


@pytest.fixture(autouse=True)
def _kept_apart(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"


def send(client: Client, data: bytes, name: str = "report.csv", **given: str):
    return client.post(
        reverse("payout-file-new"), {"file": SimpleUploadedFile(name, data), **given}
    )


def imported(client: Client, data: bytes) -> StatementFile:
    send(client, data)
    file = StatementFile.objects.order_by("-id")[0]
    client.post(reverse("payout-file-import", args=[file.pk]))
    file.refresh_from_db()
    assert file.state == "imported"
    return file


class TestUpload:
    def test_a_file_is_shown_and_then_imported(self, client_for, finance):
        # given
        client = client_for(finance)

        # when
        response = send(client, stripe(4))

        # then
        file = StatementFile.objects.get()
        page = client.get(response["Location"]).content.decode()
        assert "Stripe, itemised payout reconciliation" in page
        assert "Import 5 lines" in page
        assert "44.80 GBP" in page
        assert not GatewayLine.objects.exists()

        # when
        client.post(reverse("payout-file-import", args=[file.pk]))

        # then
        assert GatewayLine.objects.count() == 5
        page = client.get(reverse("payout-file", args=[file.pk])).content.decode()
        assert "imported by Fiona Field" in page

    def test_a_file_that_reaches_into_a_signed_month_says_where_that_goes(
        self, client_for, finance
    ):
        client = client_for(finance)
        months = Period.objects.filter(company="main")

        page = client.get(send(client, stripe(4))["Location"])
        file = StatementFile.objects.get()
        first = date.fromisoformat(file.preview["first_day"])
        month = period_of("main", first)
        months.filter(pk=month.pk).update(state="locked")
        warned = client.get(reverse("payout-file", args=[file.pk]))

        assert list(page.context["shut"]) == []
        assert list(warned.context["shut"]) == [month]
        assert "goes into the next open month" in warned.content.decode()

    def test_two_browsers_with_the_same_file(self, client_for, finance, finance2):
        # given
        one, two = client_for(finance), client_for(finance2)
        send(one, stripe(4), "mine.csv")
        send(two, stripe(4), "yours.csv")
        first, second = StatementFile.objects.order_by("id")

        # when
        one.post(reverse("payout-file-import", args=[first.pk]))
        answer = two.post(reverse("payout-file-import", args=[second.pk]), follow=True)

        # then
        page = answer.content.decode()
        assert "imported before: “mine.csv”, imported by Fiona Field" in page
        assert reverse("payout-file", args=[first.pk]) in page
        assert GatewayLine.objects.count() == 5

    def test_a_refused_file_says_why(self, client_for, finance):
        answer = send(client_for(finance), stripe().replace(b"12.00", b"13.00"))

        page = client_for(finance).get(answer["Location"]).content.decode()
        assert "Refused: nothing was imported" in page
        assert "does not add up" in page

    def test_a_held_file_is_read_again_as_what_a_person_says(self, client_for, finance):
        # given
        client = client_for(finance)
        send(client, (HEAD + line(1, 500) + line(10, 900)).rstrip().encode())
        file = StatementFile.objects.get()
        assert file.state == "held"

        # when
        client.post(reverse("payout-file-read", args=[file.pk]), {"whole": "1"})

        # then
        file.refresh_from_db()
        assert file.state == "preview"

    def test_a_file_above_the_limit_is_let_go(self, client_for, finance, settings, tmp_path):
        settings.PAYOUT_MAX_MB = 1

        answer = send(client_for(finance), b"x" * (3 << 20))

        assert answer.status_code == 422
        assert "larger than the 1 MB allowed" in answer.content.decode()
        assert not StatementFile.objects.exists()
        assert not [path for path in (tmp_path / "files").rglob("*") if path.is_file()]

    def test_a_large_file_is_read_and_imported_in_the_background(
        self, client_for, finance, settings
    ):
        # given
        settings.PAYOUT_BACKGROUND_MB = 0
        client = client_for(finance)

        # when
        answer = send(client, stripe(4))

        # then
        file = StatementFile.objects.get()
        assert file.state == "reading"
        assert "Being read" in client.get(answer["Location"]).content.decode()

    def test_nothing_chosen(self, client_for, finance):
        answer = client_for(finance).post(reverse("payout-file-new"), {})

        assert answer.status_code == 422
        assert not StatementFile.objects.exists()

    def test_a_name_that_is_markup_stays_text(self, client_for, finance):
        client = client_for(finance)
        answer = send(client, stripe(), "<b>bold<b>.csv")

        assert "<b>bold" not in client.get(answer["Location"]).content.decode()

    def test_an_upload_without_its_token_is_refused(self, client_for, finance):
        client = client_for(finance)
        client.handler.enforce_csrf_checks = True

        assert send(client, stripe()).status_code == 403
        assert not StatementFile.objects.exists()


class TestRoles:
    @pytest.mark.parametrize("who", ["operations", "finance", "admin_person", "auditor"])
    @pytest.mark.parametrize("name", READING)
    def test_four_roles_may_look(self, name, who, request, client_for):
        assert client_for(request.getfixturevalue(who)).get(reverse(name)).status_code == 200

    @pytest.mark.parametrize("name", READING)
    def test_marketing_may_not(self, name, client_for, marketing):
        assert client_for(marketing).get(reverse(name)).status_code == 403

    @pytest.mark.parametrize("who", ["operations", "marketing", "admin_person", "auditor"])
    def test_only_finance_uploads(self, who, request, client_for, tmp_path):
        answer = send(client_for(request.getfixturevalue(who)), stripe())

        assert answer.status_code == 403
        assert not StatementFile.objects.exists()
        assert not (tmp_path / "files").exists()

    @pytest.mark.parametrize("who", ["operations", "marketing", "admin_person", "auditor"])
    @pytest.mark.parametrize("name", CHANGING)
    def test_only_finance_decides(self, name, who, request, client_for, finance):
        # given
        send(client_for(finance), stripe())
        file, entries = StatementFile.objects.get(), AuditEntry.objects.count()

        # when
        client = client_for(request.getfixturevalue(who))
        answer = client.post(reverse(name, args=[file.pk]))

        # then
        assert answer.status_code == 403
        file.refresh_from_db()
        assert file.state == "preview"
        assert not GatewayLine.objects.exists()
        assert AuditEntry.objects.count() == entries

    @pytest.mark.parametrize("name", CHANGING)
    def test_what_changes_something_answers_only_to_post(self, name, client_for, finance):
        assert client_for(finance).get(reverse(name, args=[1])).status_code == 405

    @pytest.mark.django_db
    @pytest.mark.parametrize("name", [*READING, "payout-file-new"])
    def test_nobody_gets_in_without_signing_in(self, name):
        answer = Client().get(reverse(name))

        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("sign-in"))


class TestPayouts:
    def test_from_gross_to_the_bank_to_the_penny(self, client_for, finance):
        # given
        client = client_for(finance)
        refund = line(3, -500, 0, kind="refund")
        fee = line(4, -200, 0, kind="fee")
        rows = HEAD + line(1, 1000) + line(2, 2000) + refund + fee + payout_row(2240)
        imported(client, rows.encode())
        payout = Payout.objects.get()
        booking = BankLine.objects.create(
            file=payout.file, account="GB1", line_id="B1", amount=2239, currency="GBP",
            booked_on=date(2026, 10, 6), text="STRIPE po_1",
        )  # fmt: skip
        BankMatch.objects.create(
            payout=payout, bank_line=booking, rule="reference", difference=1,
            made_at=timezone.now(),
        )  # fmt: skip

        # when
        page = client.get(reverse("payout", args=[payout.pk]))

        # then
        steps = [(step.label, step.amount) for step in page.context["steps"]]
        assert steps == [
            ("Sales", 3000),
            ("Refunds", -500),
            ("Fees", -260),
            ("Net of the lines", 2240),
            ("Paid out", 2240),
            ("Unexplained", -1),
            ("At the bank", 2239),
        ]
        gaps = {gap.label: gap.difference for gap in page.context["gaps"]}
        assert gaps == {"Lines and payout": 0, "Payout and bank": -1, "Lines and invoices": 2240}
        words = page.content.decode()
        assert 'class="waterfall rowbars"' in words
        assert "style=" not in words.split("<main", 1)[1]

    def test_lines_are_paged_by_key_and_show_their_match(self, client_for, finance):
        # given
        client = client_for(finance)
        imported(client, stripe(60))
        payout, first = Payout.objects.get(), GatewayLine.objects.order_by("row")[0]
        Match.objects.create(
            control="payout_lines", rule="exact", currency="GBP", line=first, left_total=1000,
            right_total=1000, day=first.booked_on, made_at=timezone.now(),
        )  # fmt: skip
        address = reverse("payout", args=[payout.pk])

        # when
        one = client.get(address)
        two = client.get(address, {"after": one.context["following"]})
        still_open = client.get(address, {"show": "open"})

        # then
        assert [len(page.context["lines"]) for page in (one, two)] == [50, 11]
        assert two.context["following"] == ""
        assert one.context["lines"][0].is_matched
        assert first.pk not in {line.pk for line in still_open.context["lines"]}
        assert client.get(address, {"after": "nonsense"}).status_code == 200

    @pytest.mark.parametrize(
        ("state", "found"), [("open", 1), ("matched", 0), ("not_at_bank", 1), ("differs", 0)]
    )
    def test_the_list_is_narrowed_by_state(self, state, found, client_for, finance):
        client = client_for(finance)
        imported(client, stripe(4))

        page = client.get(reverse("payouts"), {"state": state, "gateway": "stripe"})

        assert len(page.context["table"].rows) == found

    def test_an_export_runs_no_formula_and_masks_for_those_who_need_not_see(
        self, client_for, finance, auditor
    ):
        # given
        client = client_for(finance)
        imported(client, stripe(2).replace(b"Order 1,", b"=1+1,").replace(b"CO-1,", b"@SUM(A1),"))
        address = reverse("payout", args=[Payout.objects.get().pk])

        # when
        seen = _rows(client.get(address, {"export": "csv"}))
        masked = _rows(client_for(auditor).get(address, {"export": "csv"}))

        # then
        assert seen[1]["Description"] == "'=1+1"
        assert seen[1]["Reference"] == "'@SUM(A1)"
        assert (seen[1]["Gross"], seen[1]["Fee"], seen[1]["Net"]) == ("11.00", "0.30", "10.70")
        assert seen[1]["E-mail"] == "cus1@shop.example"
        assert "cus1" not in masked[1]["E-mail"]

    @pytest.mark.parametrize("name", ["payouts", "payout-files"])
    @pytest.mark.parametrize("form", ["csv", "xlsx"])
    def test_lists_are_exported(self, name, form, client_for, finance):
        client = client_for(finance)
        imported(client, stripe(2))

        answer = client.get(reverse(name), {"export": form})

        assert answer.status_code == 200
        assert "attachment" in answer["Content-Disposition"]
        assert b"".join(answer.streaming_content)
        answer.close()

    def test_pages_ask_the_database_the_same_however_long_the_lists(
        self, client_for, finance, django_assert_max_num_queries
    ):
        client = client_for(finance)
        for number in range(6):
            imported(client, stripe(30, payout=f"po_{number}"))

        with django_assert_max_num_queries(9):
            client.get(reverse("payouts"))
        with django_assert_max_num_queries(12):
            client.get(reverse("payout", args=[Payout.objects.all()[0].pk]))
        with django_assert_max_num_queries(8):
            client.get(reverse("payout-files"))


def _rows(answer) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_payout_is_explained_from_its_lines_to_the_bank(client_for, finance):
    made = desk(finance)
    client = client_for(finance)

    page = client.get(reverse("payout", args=[made.pk]))

    steps = [(step.label, step.amount) for step in page.context["steps"]]
    assert steps == [
        ("Sales", 27_500), ("Refunds", -2_500), ("Chargebacks", -2_000), ("Fees", -797),
        ("VAT on fees", -55), ("Net of the lines", 22_148), ("Paid out", 22_148),
        ("At the bank", 22_148),
    ]  # fmt: skip
    assert "STRIPE PAYOUT po_100001" in page.content.decode()
    assert [gap.difference for gap in page.context["gaps"]][:2] == [0, 0]


def test_what_the_bank_lacks_is_a_step_of_its_own_to_the_penny(client_for, finance):
    desk(finance)
    short = Payout.objects.get(payout_id="po_100002")

    page = client_for(finance).get(reverse("payout", args=[short.pk]))

    steps = [(step.label, step.amount) for step in page.context["steps"]]
    assert steps == [("Paid out", 852), ("Unexplained", -2), ("At the bank", 850)]
    assert page.context["arrived"] == 850


def test_payouts_that_the_bank_booked_in_one_sum_name_each_other(client_for, finance):
    made = desk(finance)
    other = Payout.objects.get(payout_id="po_100003")
    tie = BankMatch.objects.get(payout=made)
    BankMatch.objects.create(
        payout=other, bank_line=tie.bank_line, rule="reference", made_at=timezone.now()
    )

    page = client_for(finance).get(reverse("payout", args=[made.pk]))

    assert page.context["beside"] == [other]
    assert reverse("payout", args=[other.pk]) in page.content.decode()
