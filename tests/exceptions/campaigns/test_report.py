"""From campaign to money: every figure is the total of the rows it opens."""

import csv
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from exceptions.campaigns.figures import Report, Week, weeks
from exceptions.campaigns.ledger import FIGURES, params, rows_sql, total_sql
from exceptions.campaigns.narrowed import Narrowed
from exceptions.intake import file_findings
from exceptions.templatetags.campaigns import week_bars
from integration.accounts.models import User
from integration.core.problems import Finding, Problem, Subject
from integration.mirror.models import CampaignOrder
from tests.factories.campaigns import booked, order, paper, pay_out
from tests.factories.people import PersonFactory

ALWAYS = {"from": ""}
LINK = re.compile(r'href="(/campaigns/orders/\?[^"]+)"[^>]*>\s*([^<]+?)\s*</a>')


@pytest.fixture
def at(client_for: Callable[[User], Client], marketing: User) -> Client:
    return client_for(marketing)


@pytest.fixture
def trade(db: None) -> None:
    """Two campaigns in two currencies, with orders at every station."""
    whole = booked("autumn", "100.00")
    pay_out(paper(whole, "100.00"))
    parts = booked("autumn", "60.00", journey="second")
    pay_out(paper(parts, "20.00"), paper(parts, "40.00"))
    back = booked("autumn", "50.00")
    paper(back, "50.00")
    paper(back, "30.00", "credit_note")
    booked("autumn", "75.00", currency="EUR")
    held("10.00", "unknown_sku", sku="X")
    held("15.00", "unknown_sku", "bad_discount", sku="X", code="C")
    order("autumn", "7.00")
    order("autumn", "8.00", state="rejected")
    order("", "5.00", journey="")
    booked("=winter", "12.34", journey="")


def held(paid: str, *kinds: str, **facts: str) -> CampaignOrder:
    placed = order("autumn", paid, state="held")
    problems = tuple(Problem(kind, "Something is wrong.", facts) for kind in kinds)
    file_findings([Finding(Subject("sfmc", "order", placed.key), problems, "orders_to_prima")])
    return placed


def figure_of(slug: str, **narrowed: str) -> dict[str, tuple[int, Decimal]]:
    """Number and amount of a figure by currency."""
    lines = Report(Narrowed.of({**ALWAYS, **narrowed})).by_currency()
    cells = {line.currency: line.cell(slug) for line in lines}
    return {code: (cell.number, cell.amount) for code, cell in cells.items() if cell.number}


def test_the_figures_are_what_the_orders_come_to(trade):
    autumn = {"campaign": "autumn", "currency": "GBP"}

    assert figure_of("ordered", **autumn) == {"GBP": (7, Decimal("250.00"))}
    assert figure_of("created", **autumn) == {"GBP": (3, Decimal("210.00"))}
    assert figure_of("invoiced", **autumn) == {"GBP": (3, Decimal("210.00"))}
    assert figure_of("credited", **autumn) == {"GBP": (1, Decimal("30.00"))}
    assert figure_of("paid_out", **autumn) == {"GBP": (2, Decimal("160.00"))}
    assert figure_of("held", **autumn) == {"GBP": (2, Decimal("25.00"))}
    assert figure_of("waiting", **autumn) == {"GBP": (1, Decimal("7.00"))}
    assert figure_of("rejected", **autumn) == {"GBP": (1, Decimal("8.00"))}


def test_what_was_ordered_is_in_prima_held_under_way_or_rejected(trade):
    for line in Report(Narrowed.of(ALWAYS)).by_journey():
        stations = [line.cell(one) for one in ("created", "held", "waiting", "rejected")]
        assert line.cell("ordered").number == sum(cell.number for cell in stations)
        assert line.cell("ordered").amount == sum(cell.amount for cell in stations)


def test_currencies_are_never_added_up(trade):
    assert set(figure_of("created")) == {"GBP", "EUR"}


def test_money_not_paid_out_yet_does_not_count_as_paid_out(db):
    pay_out(paper(booked(), "100.00"), in_payout=False)
    assert figure_of("paid_out") == {}


def test_an_undone_match_is_no_money(db):
    match = pay_out(paper(booked(), "100.00"))
    type(match).rows.filter(pk=match.pk).update(undone_at=match.made_at, undone_by_name="Fiona")
    assert figure_of("paid_out") == {}


def test_what_a_voucher_paid_was_not_paid_out(db):
    whole = booked()
    pay_out(paper(whole, "100.00"), paper(whole, "30.00", "receipt"))
    assert figure_of("paid_out") == {"GBP": (1, Decimal("70.00"))}


def test_a_receipt_matched_by_itself_is_what_the_gateway_took(db):
    pay_out(paper(booked(), "30.00", "receipt"))
    assert figure_of("paid_out") == {"GBP": (1, Decimal("30.00"))}


def test_an_order_of_a_year_nobody_ordered_in_counts_when_it_arrived(db):
    order(paid="7.00", ordered_at=datetime(1899, 11, 1, tzinfo=UTC))
    order(paid="8.00", ordered_at=datetime(2099, 11, 1, tzinfo=UTC))

    november = {"from": "2026-11-01", "to": "2026-11-30"}
    assert figure_of("ordered", **november) == {"GBP": (2, Decimal("15.00"))}


def test_a_document_in_another_currency_is_not_added_to_the_order(db):
    paper(booked(), "100.00", currency="EUR")
    assert figure_of("invoiced") == {}


@pytest.mark.parametrize(
    "page",
    [f"{reverse('campaigns')}?from=", f"{reverse('campaign')}?from=&campaign=autumn",
     f"{reverse('campaign')}?from=&campaign=-"],
)  # fmt: skip
def test_every_figure_opens_rows_that_come_to_it(at, trade, page):
    shown = at.get(page).content.decode()
    links = LINK.findall(shown)

    assert len(links) > 3
    for href, figure in links:
        behind = at.get(href.replace("&amp;", "&"))
        assert behind.status_code == 200
        totals = behind.context["totals"]
        assert len(totals) == 1, href
        currency, number, amount = totals[0]
        rows = [row for row, _, _ in behind.context["rows"]]
        assert len(rows) == number
        assert sum(row.amount for row in rows) == amount
        assert {row.currency for row in rows} == {currency}
        assert figure in (f"{amount:,.2f} {currency}", str(number)), href


def test_why_orders_are_held_names_the_queues(at, trade):
    page = at.get(reverse("campaign"), {**ALWAYS, "campaign": "autumn"})

    found = {one.title: (one.number, one.amount) for one in page.context["reasons"]}
    assert found == {
        "Unknown SKUs": (2, Decimal("25.00")),
        "Bad discounts": (1, Decimal("15.00")),
    }


def test_the_days_narrow_the_orders(db):
    order(paid="1.00", ordered_at="2026-11-09T23:59:59Z")
    order(paid="2.00", ordered_at="2026-11-10T00:00:00Z")
    order(paid="4.00", ordered_at="2026-11-11T23:59:59Z")
    order(paid="8.00", ordered_at="2026-11-12T00:00:00Z")

    found = figure_of("ordered", **{"from": "2026-11-10", "to": "2026-11-11"})
    assert found == {"GBP": (2, Decimal("6.00"))}


def test_an_order_without_a_readable_day_counts_on_the_day_it_came(db):
    order(paid="1.00", ordered_at=None)
    found = figure_of("ordered", **{"from": "2026-11-10", "to": "2026-11-10"})
    assert found == {"GBP": (1, Decimal("1.00"))}


def test_sorting_puts_the_largest_figure_first(at, trade):
    page = at.get(reverse("campaigns"), {**ALWAYS, "sort": "-invoiced"})
    amounts = [line.cell("invoiced").amount for line in page.context["page"]]
    assert amounts == sorted(amounts, reverse=True)


def test_the_report_is_exported_without_formulas(at, trade):
    text = at.get(reverse("campaigns"), {**ALWAYS, "export": "csv"}).getvalue().decode("utf-8-sig")
    lines = list(csv.DictReader(text.splitlines()))

    assert {line["Campaign"] for line in lines} == {"", "autumn", "'=winter"}
    assert sum(Decimal(line["Ordered"]) for line in lines) == Decimal("342.34")


def test_the_rows_are_exported_with_their_amounts(at, trade):
    asked = {**ALWAYS, "figure": "created", "export": "xlsx"}
    book = load_workbook(BytesIO(at.get(reverse("campaign-orders"), asked).getvalue()))
    rows = list(book["List"].values)

    assert rows[0][0] == "Order"
    assert len(rows) == 6


def test_names_are_masked_for_those_who_may_not_see_them(client_for, auditor, trade):
    page = client_for(auditor).get(reverse("campaign-orders"), {**ALWAYS, "figure": "ordered"})
    assert "Ann Archer" not in page.content.decode()


def test_who_has_no_role_sees_nothing(client_for, trade):
    nobody = client_for(PersonFactory.create(username="nora", roles=[]))
    for name, asked in (
        ("campaigns", {}),
        ("campaign", {"campaign": "autumn"}),
        ("campaign-orders", {"figure": "ordered"}),
        ("order-events", {}),
    ):
        assert nobody.get(reverse(name), asked).status_code == 403


@pytest.mark.parametrize(
    "asked",
    [
        {"from": "yesterday", "to": "2026-99-99", "currency": "'; --", "q": "\x00"},
        {"from": "9999-12-31", "to": "9999-12-31"},
        {"campaign": "\x00", "figure": "ordered"},
    ],
    ids=["nonsense", "the end of time", "null"],
)
def test_nonsense_in_the_address_finds_nothing_and_breaks_nothing(at, trade, asked):
    assert at.get(reverse("campaigns"), asked).status_code == 200
    page = at.get(reverse("campaign-orders"), {"figure": "ordered", **asked})
    assert page.status_code == 200


def test_an_unknown_figure_or_no_campaign_is_not_found(at, trade):
    assert at.get(reverse("campaign-orders"), {"figure": "profit"}).status_code == 404
    assert at.get(reverse("campaign")).status_code == 404


def test_an_empty_report_says_what_emptiness_means(at, db):
    assert "No campaign sold anything" in at.get(reverse("campaigns")).content.decode()
    page = at.get(f"{reverse('campaign-orders')}?{urlencode({'figure': 'held'})}")
    assert "None counts towards this figure" in page.content.decode()


def test_the_pages_take_the_same_queries_however_many_orders(
    at: Client, trade: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def ask() -> None:
        at.get(reverse("campaigns"), ALWAYS)
        at.get(reverse("campaign"), {**ALWAYS, "campaign": "autumn"})
        at.get(reverse("campaign-orders"), {**ALWAYS, "figure": "ordered"})

    with django_assert_num_queries(ASKED):
        ask()
    for _ in range(20):
        paper(booked(), "100.00")
    with django_assert_num_queries(ASKED):
        ask()


ASKED = 12
"""Two for the person and one for the report, its reasons, weeks, rows and totals."""


def test_many_orders_are_counted_with_separators(at, db):
    some = order("autumn", "1.00")
    more = [
        CampaignOrder(**{**_as_it_is(some), "key": f"{some.key}-{number}"})
        for number in range(1_000)
    ]
    CampaignOrder.objects.bulk_create(more)

    report = at.get(reverse("campaigns"), ALWAYS).content.decode()
    rows = at.get(reverse("campaign-orders"), {**ALWAYS, "figure": "ordered"}).content.decode()

    assert "1,001 orders" in report
    assert "1,001 orders" in rows
    assert "1–100 of 1,001" in rows


def _as_it_is(row: CampaignOrder) -> dict[str, object]:
    left = ("id", "pk")
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.attname not in left and not field.generated
    }


@pytest.mark.parametrize("sql", [rows_sql, total_sql])
def test_payouts_are_looked_at_for_what_was_paid_out_alone(trade, sql):
    def plan(figure: str) -> str:
        asked = {**params(Narrowed()), "start": 0, "size": 100}
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {sql(FIGURES[figure])}", asked)
            return "\n".join(row[0] for row in cursor.fetchall())

    assert "reconciliation_match" not in plan("invoiced")
    assert "reconciliation_match" in plan("paid_out")


def test_every_figure_says_what_it_means():
    assert all(one.meaning.endswith(".") for one in FIGURES.values())


def test_weeks_begin_with_the_currency_most_was_ordered_in(trade):
    assert list(weeks(Narrowed())) == ["GBP", "EUR"]


def test_a_single_week_is_a_bar_and_one_of_another_year_says_so(db):
    far = Week(date(2099, 11, 2), "GBP", Decimal(5), Decimal(0), Decimal(0))
    chart = week_bars([far])
    assert 'width="52.0"' in chart
    assert ">Nov 2099<" in chart
