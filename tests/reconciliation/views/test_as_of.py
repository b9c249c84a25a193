"""What differed as of a day: compared anew, labelled as that day's, and never kept."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integration.accounts.models import User
from integration.mirror.models import BookedOrder
from reconciliation import as_of, running
from reconciliation.control import controls
from reconciliation.models import Difference
from reconciliation.refusals import Refused
from tests.factories.books import booked, sent, world
from tests.factories.desk_of_finance import desk

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
URL = reverse("as-of")


def everything() -> dict[str, list[Any]]:
    """Every row of every table that reconciliation, cases, trail or queue are kept in."""
    models: list[type[Model]] = [
        model
        for label in ("reconciliation", "exceptions", "audit", "django_q", "sync")
        for model in apps.get_app_config(label).get_models()
    ]
    return {model.__name__: list(model._base_manager.order_by("pk").values()) for model in models}


def test_only_what_is_dated_by_the_day_differs_and_nothing_is_kept(
    client_for: SignIn, finance: User, finance2: User
) -> None:
    desk(finance2)
    client = client_for(finance)
    before = everything()

    early = client.get(URL, {"day": "2026-10-14"})
    later = client.get(URL, {"day": "2026-10-31"})

    assert early.context["number"] == 0
    assert "Everything agreed" in early.content.decode()
    assert "This is 14 October 2026, not today" in early.content.decode()
    assert {one.control.slug for one in later.context["found"] if one.number} == set(controls())
    assert everything() == before


def test_it_finds_what_the_run_of_the_command_line_counts(
    client_for: SignIn, finance: User, finance2: User
) -> None:
    desk(finance2)
    day = date(2026, 10, 20)
    counted = {run.control: run.standing for run in running.run_all(as_of=day)}

    found = client_for(finance).get(URL, {"day": str(day)}).context["found"]

    assert {one.control.slug: one.number for one in found} == counted
    assert sum(counted.values()) > 0


def test_what_has_healed_since_is_shown_with_what_became_of_it(
    client_for: SignIn, finance: User
) -> None:
    world()
    sent("CO-3", "SO-3")
    booked("SO-3", "CO-3", account_code="OTHER")
    running.run_all(full=True)
    live = Difference.objects.get(key="CO-3")
    Difference.objects.filter(pk=live.pk).update(state="healed", closed_at=timezone.now())

    page = client_for(finance).get(URL, {"day": "2026-10-31"})

    rows = [row for one in page.context["found"] for row in one.rows if row.key == "CO-3"]
    assert [(row.difference, row.today) for row in rows] == [(live.pk, "Healed")]
    assert reverse("difference", args=[live.pk]) in page.content.decode()


def test_the_download_holds_every_row_with_addresses_masked_for_an_auditor(
    client_for: SignIn, auditor: User, finance: User
) -> None:
    world()
    BookedOrder.objects.filter(order_number="SO-2").update(account_code="=ann@acme.example")

    told = {}
    for person in (finance, auditor):
        answer = client_for(person).get(URL, {"day": "2026-10-31", "export": "csv"})
        told[person] = b"".join(answer).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(told[auditor])))

    assert {row["Key"] for row in rows} >= {"CO-2", "stripe||ch_1"}
    assert "ann@acme.example" in told[finance]
    assert "ann@acme.example" not in told[auditor]
    assert "ann@acme.example" not in (
        client_for(auditor).get(URL, {"day": "2026-10-31"}).content.decode()
    )


@pytest.mark.parametrize("asked", [{}, {"export": "pdf"}], ids=["page", "no download"])
def test_the_page_shows_the_largest_and_says_how_many_more_there_are(
    asked: dict[str, str], client_for: SignIn, finance: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    world()
    monkeypatch.setattr("reconciliation.views.as_of.SHOWN", 1)

    page = client_for(finance).get(URL, {"day": "2026-10-31", **asked})

    assert {len(one.rows) for one in page.context["found"]} == {0, 1}
    assert any(one.more for one in page.context["found"])
    assert "the downloads hold them all" in page.content.decode()


def test_an_order_that_looks_like_a_formula_is_text_in_the_download(
    client_for: SignIn, finance: User
) -> None:
    world()
    sent("=1+1", "SO-3")
    booked("SO-3", "=1+1", account_code="OTHER")

    answer = client_for(finance).get(URL, {"day": "2026-10-31", "export": "csv"})
    cells = [cell for row in csv.reader(io.StringIO(b"".join(answer).decode())) for cell in row]

    assert any("=1+1" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith("=")]


@pytest.mark.parametrize("day", ["tomorrow", "", "2026-13-01", "next"])
def test_a_day_that_is_none_or_has_not_come_is_refused_in_words(
    day: str, client_for: SignIn, finance: User
) -> None:
    asked = str(timezone.localdate() + timedelta(days=1)) if day == "next" else day

    page = client_for(finance).get(URL, {"day": asked})

    assert "found" not in page.context
    assert "errorlist" in page.content.decode()


def test_the_overview_leads_there_and_only_those_who_see_reconciliation_open_it(
    client_for: SignIn, finance: User, auditor: User, marketing: User
) -> None:
    assert URL in client_for(finance).get(reverse("reconciliation")).content.decode()
    assert "Choose a day" in client_for(auditor).get(URL).content.decode()
    assert client_for(marketing).get(URL, {"day": "2026-10-31"}).status_code == 403
    assert Client().get(URL, {"day": "2026-10-31"}).status_code == 302


def test_the_page_takes_a_fixed_number_of_queries(
    client_for: SignIn, finance: User, django_assert_max_num_queries: Any
) -> None:
    world()
    client = client_for(finance)

    with django_assert_max_num_queries(7 + 12 * len(controls())):
        client.get(URL, {"day": "2026-10-31"})


def test_a_comparison_that_takes_too_long_is_given_up_in_words() -> None:
    world()

    with pytest.raises(Refused, match="too much to compare while you wait"):
        list(as_of.standing(date(2026, 10, 31), seconds=0.001))

    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
