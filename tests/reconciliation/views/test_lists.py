"""What every list of reconciliation does alike: narrow, sort, export, keep a view, be empty."""

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import Any, cast

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from integration.accounts.models import User
from reconciliation import adjustments, periods
from reconciliation.adjustments import Proposal
from reconciliation.models import (
    Adjustment,
    AdjustmentLimit,
    Difference,
    GatewayLine,
    LateArrival,
    Match,
    Period,
    SavedView,
)
from reconciliation.views.saved import LISTS
from tests.factories.books import booking, line, payout, statement, world
from tests.factories.exports import sheet
from tests.factories.reconciliation import difference, limits

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
FEE = Proposal(Adjustment.Kind.FEE, "=Known fee.", ledger="7600")


@pytest.fixture
def books(finance: User) -> None:
    """Something in every list."""
    world()
    limits(50_000)
    file = statement("more.csv")
    line(
        file, "ch_9", 1200, payout=payout(file, "po_9", 1200, line_count=1), reference="=CO-9",
        customer_email="nine@acme.example",
    )  # fmt: skip
    booking(statement("bank.xml"), "b_9", 1200)
    adjustments.propose(Difference.objects.get(key="CO-2"), FEE, actor=finance, version=None)
    Match.objects.create(
        control="payouts_to_documents", rule="by_hand", currency="GBP", left_total=1,
        right_total=1, day=date(2026, 10, 15), line_id=None, document_id=1, reason="=1",
        made_at="2026-10-15T12:00Z",
    )  # fmt: skip
    periods.appear()


@pytest.mark.parametrize("page", LISTS)
def test_it_opens_for_its_roles_alone(
    page: str, books: None, client_for: SignIn, request: pytest.FixtureRequest
) -> None:
    for who, status in [
        ("finance", 200), ("controller", 200), ("auditor", 200), ("operations", 200),
        ("admin_person", 200), ("marketing", 403),
    ]:  # fmt: skip
        client = client_for(request.getfixturevalue(who))
        assert client.get(reverse(page)).status_code == status
        assert client.get(reverse(page) + "?export=csv").status_code == status


@pytest.mark.parametrize("page", LISTS)
def test_it_sorts_by_every_heading_both_ways(
    page: str, books: None, client_for: SignIn, finance: User
) -> None:
    client = client_for(finance)
    table = client.get(reverse(page)).context["table"]
    headings = [column.name for column in table.columns if column.orderable]
    assert headings

    for name in headings:
        for order in (name, f"-{name}"):
            assert client.get(f"{reverse(page)}?sort={order}").status_code == 200


MONEY = [
    ("differences", "amount", "Amount"), ("adjustments", "amount", "Amount"),
    ("payouts", "stated", "Paid out"), ("payouts", "computed", "Lines come to"),
    ("payout-lines", "gross", "Gross"), ("payout-lines", "net", "Net"),
    ("matches", "left_total", "Lines"),
]  # fmt: skip


def several_currencies(finance: User) -> None:
    """Each list holds euros and yen, of which the yen are more in number and less in worth."""
    file = statement("several.csv")
    sums = (("JPY", 9_000), ("EUR", 800), ("JPY", 100), ("EUR", 2_000))
    for number, (currency, amount) in enumerate(sums):
        about = difference(f"CO-{number}", currency=currency, amount=amount, control="x")
        Adjustment.objects.create(
            difference=about, kind="timing", amount=amount, currency=currency, company="main",
            day=about.day, reason="Known.", proposer=finance, proposed_at=about.first_seen_at,
        )  # fmt: skip
        held = payout(file, f"po_{number}", amount, line_count=1, currency=currency)
        line(file, f"ch_{number}", amount, payout=held, currency=currency)
        Match.objects.create(
            control="payouts_to_documents", rule="by_hand", currency=currency, left_total=amount,
            right_total=1, day=about.day, document_id=number + 1, reason="1", made_at=about.first_seen_at,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("page", "fields"),
    [
        (
            "differences",
            {
                "reason": "Reason or question",
                "ledger": "Ledger account, when booked",
                "until": "Until, for timing",
            },
        ),
        ("adjustments", {"note": "Note, needed to refuse"}),
    ],
)
def test_each_box_above_it_has_its_label_in_sight(
    page: str, fields: dict[str, str], books: None, client_for: SignIn, finance2: User
) -> None:
    told = client_for(finance2).get(reverse(page)).content.decode()

    for name, label in fields.items():
        box = told.index(f'<label class="bulkfield" for="bulk-{name}">')
        assert f"<span>{label}</span>" in told[box : box + 120]
        assert f'id="bulk-{name}"' in told[box:]
    assert 'visually-hidden" for="bulk-' not in told


@pytest.mark.parametrize(("page", "column", "title"), MONEY)
def test_it_sorts_money_within_each_currency_and_says_so(
    page: str, column: str, title: str, client_for: SignIn, finance: User
) -> None:
    several_currencies(finance)
    client = client_for(finance)
    ups = [("EUR", 800), ("EUR", 2_000), ("JPY", 100), ("JPY", 9_000)]
    downs = [("EUR", 2_000), ("EUR", 800), ("JPY", 9_000), ("JPY", 100)]

    for asked, wanted in ((column, ups), (f"-{column}", downs)):
        shown = client.get(f"{reverse(page)}?sort={asked}")
        found = [row.record for row in shown.context["table"].paginated_rows]
        assert [(one.currency, getattr(one, column)) for one in found] == wanted
        assert "by currency, then amount" in shown.content.decode()

        rows = sheet(client, page, f"sort={asked}")
        assert [row["Currency"] for row in rows] == ["EUR", "EUR", "JPY", "JPY"]
        told = [float(row[f"{title} (by currency, then amount)"]) for row in rows]
        assert told == [amount / (100 if currency == "EUR" else 1) for currency, amount in wanted]


def test_a_payout_that_states_nothing_comes_last_in_its_currency(
    client_for: SignIn, finance: User
) -> None:
    several_currencies(finance)
    payout(statement("other.csv"), "po_silent", 0, stated=None, currency="EUR")

    for asked in ("stated", "-stated"):
        table = client_for(finance).get(f"{reverse('payouts')}?sort={asked}").context["table"]
        assert [row.record.payout_id for row in table.paginated_rows][2] == "po_silent"


def test_an_export_that_is_not_sorted_by_money_has_plain_headings(
    client_for: SignIn, finance: User
) -> None:
    several_currencies(finance)

    assert "Amount" in sheet(client_for(finance), "differences", "sort=title")[0]


@pytest.mark.parametrize("page", LISTS)
def test_it_exports_what_it_shows_as_csv_and_xlsx_without_formulas(
    page: str, books: None, client_for: SignIn, finance: User
) -> None:
    client = client_for(finance)
    shown = client.get(reverse(page)).context["table"].page.paginator.count
    assert shown > 0

    rows = sheet(client, page)
    answer = client.get(reverse(page) + "?export=xlsx")
    book = load_workbook(io.BytesIO(b"".join(cast(Any, answer).streaming_content)))

    assert len(rows) == shown
    assert book.active is not None
    assert book.active.max_row == shown + 1
    assert not [cell for row in rows for cell in row.values() if cell.startswith("=")]


@pytest.mark.parametrize("page", LISTS)
def test_it_keeps_a_view_for_one_person_and_this_list(
    page: str, books: None, client_for: SignIn, finance: User, auditor: User
) -> None:
    client, asked = client_for(finance), "sort=-id&q=CO-2"

    done = client.post(
        reverse("view-save"), {"page": page, "name": "My morning", "query": asked}, follow=True
    )

    assert done.redirect_chain[-1][0] == f"{reverse(page)}?{asked}"
    shown = client.get(reverse(page)).content.decode()
    assert "My morning" in shown
    assert "?sort=-id&amp;q=CO-2" in shown
    other = next(name for name in LISTS if name != page)
    assert "My morning" not in client.get(reverse(other)).content.decode()
    assert "My morning" not in client_for(auditor).get(reverse(page)).content.decode()


def test_a_view_of_no_list_is_refused(client_for: SignIn, finance: User, marketing: User) -> None:
    given = {"page": "admin", "name": "x", "query": ""}

    assert client_for(finance).post(reverse("view-save"), given).status_code == 404
    given["page"] = "matches"
    assert client_for(marketing).post(reverse("view-save"), given).status_code == 403
    assert client_for(finance).get(reverse("view-save")).status_code == 405
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("page", LISTS)
def test_when_only_the_list_is_exchanged_what_is_kept_follows(
    page: str, books: None, client_for: SignIn, finance: User
) -> None:
    answer = (
        client_for(finance)
        .get(reverse(page), {"q": "zzz"}, headers={"HX-Request": "true"})
        .content.decode()
    )

    assert "<main" not in answer
    assert 'id="narrowing" name="query" value="q=zzz" hx-swap-oob="true"' in answer


def test_a_list_without_a_filter_leaves_out_what_is_closed_or_undone(
    books: None, client_for: SignIn, finance: User
) -> None:
    Difference.objects.filter(key="CO-2").update(state="healed", closed_at="2026-10-16T12:00Z")
    Match.objects.update(undone_at="2026-10-16T12:00Z", undone_by_name="Fiona")
    client = client_for(finance)

    shown = client.get(reverse("differences")).context["object_list"]

    assert "CO-2" not in [row.key for row in shown]
    assert shown.exists()
    assert not client.get(reverse("matches")).context["object_list"].exists()
    assert client.get(reverse("matches") + "?undone=yes").context["object_list"].count() == 1


def test_adjustments_show_what_waits_unless_asked(
    books: None, client_for: SignIn, finance: User, finance2: User
) -> None:
    off = difference("CO-7", currency="EUR")
    AdjustmentLimit.objects.create(kind="write_off", currency="EUR", amount=5_000)
    write_off = Proposal(Adjustment.Kind.WRITE_OFF, "Rounding", ledger="7900")
    adjustments.refuse(
        adjustments.propose(off, write_off, actor=finance, version=None),
        actor=finance2,
        note="Ask first",
    )
    client = client_for(finance2)

    def found(query: str) -> list[str]:
        rows = client.get(f"{reverse('adjustments')}?{query}").context["object_list"]
        return [row.kind for row in rows]

    assert found("") == ["fee"]
    assert sorted(found("state=all")) == ["fee", "write_off"]
    assert found("state=refused") == ["write_off"]
    assert found("state=all&currency=eur") == ["write_off"]
    assert found("state=all&q=CO-2") == ["fee"]
    assert found("state=all&kind=fx") == []
    assert found("state=all&period=2026-09") == []


def test_an_adjustment_says_who_may_approve_it(
    books: None, client_for: SignIn, finance: User, finance2: User, auditor: User
) -> None:
    AdjustmentLimit.objects.filter(kind="fee").update(amount=100)
    AdjustmentLimit.objects.create(kind="fee", currency="*", role="controller", amount=99_900)

    mine = client_for(finance).get(reverse("adjustments")).content.decode()
    other = client_for(finance2).get(reverse("adjustments")).content.decode()
    looking = client_for(auditor).get(reverse("adjustments")).content.decode()

    assert "You made this proposal" in mine
    assert "formaction" in mine
    assert 'name="pk"' not in mine
    assert "It takes the role controller, up to 999.00 GBP" in other
    assert 'name="pk"' in other
    assert "formaction" not in other
    assert 'value="approve"' not in looking


def test_lines_are_narrowed_and_masked(
    books: None, client_for: SignIn, finance: User, auditor: User
) -> None:
    client = client_for(finance)

    def found(query: str) -> list[str]:
        rows = client.get(f"{reverse('payout-lines')}?{query}").context["object_list"]
        return sorted(row.line_id for row in rows)

    assert found("") == ["ch_1", "ch_2", "ch_9"]
    assert found("payout=po_9") == ["ch_9"]
    assert found("q=nine@") == ["ch_9"]
    assert found("match=matched") == []
    assert found("match=open") == ["ch_1", "ch_2", "ch_9"]
    assert found("kind=refund") == []
    assert found("gateway=stripe&currency=GBP&since=2026-10-16") == []
    assert "nine@acme.example" in client.get(reverse("payout-lines")).content.decode()
    for query in ("", "?export=csv"):
        seen = client_for(auditor).get(reverse("payout-lines") + query)
        body = b"".join(cast(Any, seen).streaming_content) if query else seen.content
        assert b"nine@acme.example" not in body


def test_periods_appear_by_themselves_with_what_is_left_in_them(
    books: None, client_for: SignIn, finance: User
) -> None:
    october, november = periods.period_of("main", date(2026, 10, 1)), date(2026, 11, 2)
    difference("CO-8", day=november)
    periods.appear()
    periods.appear()
    LateArrival.objects.create(
        period=october, belongs_to=october, object_type="x", object_id="1", dated=november,
        amount=1, currency="GBP", arrived_at="2026-10-15T12:00Z",
    )  # fmt: skip

    rows = client_for(finance).get(reverse("periods")).context["object_list"]

    assert [(str(row), row.state) for row in rows] == [
        ("November 2026", "open"),
        ("October 2026", "open"),
    ]
    left = {str(row): (row.open_differences, row.waiting, row.late) for row in rows}
    assert left["November 2026"] == (1, 0, 0)
    assert left["October 2026"][1:] == (1, 1)
    client = client_for(finance)
    assert not client.get(reverse("periods") + "?state=locked").context["object_list"]
    assert not client.get(reverse("periods") + "?year=2025").context["object_list"]
    assert len(client.get(reverse("periods") + "?company=main").context["object_list"]) == 2
    assert Period.objects.count() == 2


def test_what_agrees_is_named_as_people_know_it(
    books: None, client_for: SignIn, auditor: User
) -> None:
    world_line = GatewayLine.objects.exclude(kind="payout")[0]
    Match.objects.update(line=world_line)

    page = client_for(auditor).get(reverse("agreed", args=["payouts_to_documents"]))

    told = page.content.decode()
    assert f"Stripe · {world_line.line_id}" in told
    assert "1 agrees" in told
    assert "stripe|" not in told


def test_what_agrees_is_exported_too(books: None, client_for: SignIn, auditor: User) -> None:
    url = reverse("agreed", args=["order_to_prima"])

    answer = client_for(auditor).get(url + "?export=csv&period=2026-10")

    body = b"".join(cast(Any, answer).streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(body))
    assert (row["Key of the campaign order"], row["Amount"], row["Currency"]) == (
        "CO-1",
        "100.80",
        "GBP",
    )


def test_only_where_something_waits_for_others_is_there_a_bar_to_decide(
    books: None, client_for: SignIn, finance: User, finance2: User
) -> None:
    def offered(user: User, query: str) -> bool:
        page = client_for(user).get(f"{reverse('adjustments')}?{query}").content.decode()
        assert "CO-2" in page
        return 'value="approve"' in page

    assert offered(finance2, "")
    assert offered(finance2, "state=all")
    assert not offered(finance, "")
    assert not offered(finance, "decide=own")
    adjustments.approve(Adjustment.objects.get(), actor=finance2)
    assert not offered(finance2, "state=approved")
