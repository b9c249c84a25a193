"""The overview: each figure opens its rows, the last months first, gateways under their sum."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integration.accounts.models import User
from reconciliation import ageing, trend
from reconciliation.models import DayTotal, Difference, GatewayLine, Tolerance
from reconciliation.totals import Narrowed
from tests.factories.books import line, statement, world
from tests.factories.campaigns import order
from tests.factories.reconciliation import difference

pytestmark = pytest.mark.django_db
A_MONTH_LATER = datetime(2026, 11, 20, 12, tzinfo=UTC)
"""Of the day of `world()`: the overview shows the last months alone."""
SignIn = Callable[[User], Client]


def text(response: Any) -> str:
    return str(response.content.decode())


def test_each_figure_of_the_overview_is_the_number_of_rows_it_opens(
    client_for: SignIn, auditor: User, time_machine: Any
) -> None:
    time_machine.move_to(A_MONTH_LATER)
    world()
    client = client_for(auditor)

    page = client.get(reverse("reconciliation"))

    lines = page.context["lines"]
    assert {(one.control.slug, one.agreed, one.open, one.open_amount) for one in lines} >= {
        ("order_to_prima", 1, 1, 1080),
        ("payouts_to_documents", 0, 2, 10500),
    }
    for one in lines:
        listed = client.get(f"{reverse('differences')}?control={one.control.slug}&{one.query}")
        rows = listed.context["object_list"]
        assert rows.count() == one.open
        assert sum(abs(row.amount) for row in rows) == one.open_amount
        agreed = client.get(f"{reverse('agreed', args=[one.control.slug])}?{one.query}")
        assert len(agreed.context["rows"]) == one.agreed
        assert sum(row[5] for row in agreed.context["rows"]) == one.agreed_amount
    for aged in page.context["ageing"]:
        assert sum(aged.counts) == aged.total
        for begin, count, amounts in aged.cells:
            listed = client.get(f"{reverse('differences')}?control={aged.control.slug}&age={begin}")
            assert listed.context["object_list"].count() == count
            worth = sum(abs(row.amount) for row in listed.context["object_list"])
            assert sum(amount for _, amount in amounts) == worth
    news = page.context["news"]
    for page_name, query, count in [
        ("differences", "news=opened", news.opened),
        ("differences", "news=closed&state=healed", news.healed),
        ("matches", "news=made", news.matched),
        ("matches", "news=undone", news.undone),
    ]:
        listed = client.get(f"{reverse(page_name)}?{query}")
        assert listed.context["object_list"].count() == count


@pytest.mark.parametrize(
    ("days", "place"), [(0, 0), (7, 0), (8, 1), (30, 1), (31, 2), (60, 2), (61, 3)]
)
def test_a_difference_is_as_old_as_its_money_however_late_it_was_found(
    days: int, place: int
) -> None:
    difference(day=timezone.localdate() - timedelta(days=days))

    (aged,) = [one for one in ageing.ageing(Narrowed()) if one.total]

    assert aged.counts == tuple(int(here == place) for here in range(4))
    assert aged.amounts[place] == {"GBP": 1234}


def test_the_list_tells_the_age_by_which_the_overview_counts(
    client_for: SignIn, auditor: User
) -> None:
    today = timezone.localdate()
    difference("CO-9", day=today - timedelta(days=43))
    difference("CO-8", day=today - timedelta(days=1))
    client = client_for(auditor)

    page = client.get(reverse("differences"), {"sort": "age"})

    ages = [str(row.get_cell("age")) for row in page.context["table"].rows]
    assert ages == ["1 day", "43 days"]
    older = client.get(reverse("differences"), {"age": "31"})
    assert [str(row.get_cell("age")) for row in older.context["table"].rows] == ["43 days"]


def test_the_overview_shows_the_last_months_and_says_what_is_open_in_others(
    client_for: SignIn, auditor: User, time_machine: Any
) -> None:
    world()
    client = client_for(auditor)
    everything = client.get(f"{reverse('reconciliation')}?period=all").context
    open_at_all = sum(line.open for line in everything["lines"])
    assert {line.month for line in everything["lines"]} == {"2026-10"}
    assert open_at_all > 0

    for today, shown, elsewhere in [("2026-12-31", True, 0), ("2027-01-01", False, open_at_all)]:
        time_machine.move_to(f"{today}T12:00Z")
        client = client_for(auditor)
        page = client.get(reverse("reconciliation"))
        assert bool(page.context["lines"]) is shown
        assert page.context["elsewhere"] == elsewhere
        assert "Show every month" in text(page)

    assert f"{open_at_all} open differences lie in other months." in text(page)
    named = client.get(f"{reverse('reconciliation')}?period=2026-10")
    assert [str(line) for line in named.context["lines"]] == [
        str(line) for line in everything["lines"]
    ]
    assert "Show every month" not in text(named)


def test_gateways_of_a_month_fold_under_their_sum(client_for: SignIn, auditor: User) -> None:
    world()
    GatewayLine.objects.filter(line_id="ch_2").update(gateway="paypal")
    Difference.objects.filter(key="stripe||ch_2").update(gateway="paypal")
    client = client_for(auditor)

    page = client.get(f"{reverse('reconciliation')}?period=all")

    folded = [
        rows
        for control, months in page.context["by_control"]
        if control.slug == "payouts_to_documents"
        for rows in months
        if rows.parts
    ]
    (rows,) = folded
    assert {one.gateway for one in rows.parts} >= {"paypal", "stripe"}
    assert rows.sum.open == sum(one.open for one in rows.parts) >= 2
    assert rows.sum.open_amount == sum(one.open_amount for one in rows.parts)
    listed = client.get(
        f"{reverse('differences')}?control=payouts_to_documents&{rows.sum.query}"
    ).context["object_list"]
    assert listed.count() == rows.sum.open
    assert "PayPal" in text(page)


def test_a_filter_shows_what_an_address_asks_for_even_when_it_is_not_offered(
    client_for: SignIn, auditor: User
) -> None:
    world()

    page = client_for(auditor).get(reverse("differences") + "?gateway=unheard-of&period=1999-01")

    assert page.context["object_list"].count() == 0
    assert '<option value="unheard-of" selected>unheard-of</option>' in text(page)
    assert '<option value="1999-01" selected>1999-01</option>' in text(page)
    assert '<option value="stripe">Stripe</option>' in text(page)


def test_what_a_tolerance_swallowed_is_totalled(client_for: SignIn, finance: User) -> None:
    Tolerance.objects.create(control="order_to_prima", currency="*", absolute=2000)
    world()
    client = client_for(finance)

    (one,) = client.get(reverse("reconciliation")).context["swallowed"]

    assert (one.number, one.gross, one.net, one.currency) == (1, 1080, 1080, "GBP")
    listed = client.get(reverse("reconciliation") + one.link)
    assert [row.key for row in listed.context["object_list"]] == ["CO-2"]


def test_what_has_no_currency_or_no_gateway_opens_its_own_rows(
    client_for: SignIn, auditor: User
) -> None:
    order("", currency="")
    order("", currency="GBP")
    difference("CO-1", currency="", amount=0)
    difference("CO-2", gateway="stripe")
    client = client_for(auditor)

    for narrowed in ("", "&currency=-", "&gateway=-"):
        page = client.get(f"{reverse('reconciliation')}?period=all{narrowed}")
        lines = page.context["lines"]
        assert any(not one.currency for one in lines)
        for one in lines:
            listed = client.get(f"{reverse('differences')}?control={one.control.slug}&{one.query}")
            assert listed.context["object_list"].count() == one.open
            agreed = client.get(f"{reverse('agreed', args=[one.control.slug])}?{one.query}")
            assert len(agreed.context["rows"]) == one.agreed


def test_figures_of_one_company_open_the_rows_of_that_company(
    client_for: SignIn, auditor: User, settings: Any
) -> None:
    settings.COMPANIES = ["main", "north"]
    difference("CO-1")
    difference("CO-2", company="north", amount=500)
    client = client_for(auditor)

    for company, amount in (("main", 1234), ("north", 500), ("", 1734)):
        page = client.get(reverse("reconciliation"), {"period": "all", "company": company})
        (one,) = page.context["lines"]
        assert one.open_amount == amount
        listed = client.get(f"{reverse('differences')}?control={one.control.slug}&{one.query}")
        assert sum(row.amount for row in listed.context["object_list"]) == amount
    assert '<option value="north">north</option>' in text(listed)


@pytest.mark.parametrize(
    "page",
    [
        "differences",
        "matches",
        "adjustments",
        "payouts",
        "payout-lines",
        "bank-lines",
        "payout-files",
    ],
)
def test_a_list_offers_companies_where_there_are_several(
    page: str, client_for: SignIn, auditor: User, settings: Any
) -> None:
    client = client_for(auditor)
    assert 'name="company"' not in text(client.get(reverse(page)))
    settings.COMPANIES = ["main", "north"]
    assert 'name="company"' in text(client.get(reverse(page)))


def test_lines_that_need_no_match_are_not_in_the_share_of_each_week() -> None:
    file = statement()
    today = timezone.localdate()
    line(file, "ch_1", 100, booked_on=today)
    line(file, "tr_1", 100, kind="transfer", booked_on=today)

    assert trend.trend(Narrowed())[-1].lines == 1
    assert trend.trend(Narrowed(currency="EUR"))[-1].lines == 0


def test_what_has_no_currency_shows_no_amount(client_for: SignIn, auditor: User) -> None:
    day = date(2026, 10, 15)
    DayTotal.objects.create(key=f"arrived|{day}||", day=day, currency="", amount=0)

    page = client_for(auditor).get(f"{reverse('agreed', args=['control_totals'])}?period=all")

    assert page.context["number"] == 1
    assert "0.00" not in text(page)
