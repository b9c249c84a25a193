"""The pages of a period and of decisions: two people get through, everybody else changes nothing."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from integration.accounts.models import User
from integration.audit.models import AuditEntry
from reconciliation import adjustments, periods
from reconciliation.adjustments import Proposal
from reconciliation.models import Adjustment, Difference, Period, PeriodEvent, StatementFile
from tests.factories.books import payout, statement
from tests.factories.reconciliation import all_run, difference, limits

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
STEPS = ("review", "back", "sign", "lock", "ask", "reopen", "explain")
FEE = Proposal(Adjustment.Kind.FEE, "Known fee.", ledger="7600")


@pytest.fixture
def period(db: None) -> Period:
    all_run()
    return periods.period_of("main", date(2026, 10, 15))


def step(client: Client, period: Period, name: str, **given: str) -> Any:
    period.refresh_from_db()
    given = {"version": str(period.version), "reason": "Because.", **given}
    return client.post(reverse(f"period-{name}", args=[period.pk]), given, follow=True)


def everything() -> list[Any]:
    return [
        *(
            list(table.objects.order_by("pk").values())
            for table in (Period, Adjustment, Difference)
        ),
        PeriodEvent.objects.count(),
        AuditEntry.objects.count(),
    ]


def test_two_people_sign_lock_and_reopen(
    period: Period, client_for: SignIn, finance: User, controller: User
) -> None:
    one, two = client_for(finance), client_for(controller)

    step(one, period, "review")
    step(one, period, "sign", reason="All looked at.")
    again = step(one, period, "sign")
    assert "A second person has to sign too" in again.content.decode()
    step(two, period, "sign")
    period.refresh_from_db()
    assert period.state == "signed"
    step(two, period, "lock")
    step(one, period, "ask", reason="A payout was missed.")
    refused = step(one, period, "reopen")
    assert "A second person has to agree" in refused.content.decode()
    period.refresh_from_db()
    assert period.state == "locked"
    step(two, period, "reopen")

    period.refresh_from_db()
    assert period.state == "open"
    assert [(one.action, one.actor) for one in period.events.all()] == [
        ("review begun", finance),
        ("signed", finance),
        ("signed", controller),
        ("locked", controller),
        ("re-opening proposed", finance),
        ("re-opened", controller),
    ]


def test_a_point_that_is_not_green_leads_to_its_rows_and_is_explained(
    period: Period, client_for: SignIn, finance: User
) -> None:
    limits()
    difference()
    adjustments.propose(difference("CO-2"), FEE, actor=finance, version=None)
    client = client_for(finance)
    page = client.get(reverse("period", args=[period.pk]))
    left = {point.slug: point for point in page.context["points"] if not point.green}
    assert set(left) == {"differences", "proposals"}
    for point in left.values():
        listed = client.get(point.link)
        assert listed.context["object_list"].count() == point.count

    step(client, period, "explain", point="differences", reason="Known, 12.34 GBP.")

    shown = client.get(reverse("period", args=[period.pk])).content.decode()
    assert "Known, 12.34 GBP." in shown
    assert "Explained" in shown


@pytest.mark.parametrize("who", ["operations", "marketing", "admin_person", "auditor"])
def test_nobody_but_finance_moves_a_period_or_decides(
    who: str, period: Period, client_for: SignIn, finance: User, request: pytest.FixtureRequest
) -> None:
    limits()
    made = adjustments.propose(difference(), FEE, actor=finance, version=None)
    client = client_for(request.getfixturevalue(who))
    before = everything()
    given = {"version": "1", "reason": "x", "point": "files", "pk": made.pk, "decision": "approve"}
    acting = [
        *(reverse(f"period-{name}", args=[period.pk]) for name in STEPS),
        reverse("adjustments-decide"),
        reverse("adjustment-withdraw", args=[made.pk]),
    ]

    assert [client.post(url, given).status_code for url in acting] == [403] * len(acting)
    assert [client.get(url).status_code for url in acting] == [405] * len(acting)
    assert everything() == before


def test_the_proposer_decides_nothing_in_another_tab_and_nobody_else_withdraws(
    client_for: SignIn, finance: User, finance2: User
) -> None:
    limits()
    made = adjustments.propose(difference(), FEE, actor=finance, version=None)
    before = everything()

    for decision in ("approve", "refuse"):
        given = {"pk": made.pk, "decision": decision, "note": "Fine by me."}
        page = client_for(finance).post(reverse("adjustments-decide"), given, follow=True)
        assert "A second person of finance has to decide" in page.content.decode()
    url = reverse("adjustment-withdraw", args=[made.pk])
    other = client_for(finance2).post(url, follow=True)
    assert "Only the person who made the proposal can withdraw it" in other.content.decode()
    assert everything() == before

    client_for(finance).post(url)
    made.refresh_from_db()
    assert made.state == "withdrawn"


def test_an_open_period_has_no_evidence_pack_and_only_its_roles_get_one(
    period: Period, client_for: SignIn, finance: User, marketing: User, auditor: User
) -> None:
    url = reverse("evidence", args=[period.pk])

    page = client_for(finance).get(url, follow=True)
    assert "when the period is signed" in page.content.decode()
    Period.objects.update(state="signed")
    assert client_for(marketing).get(url).status_code == 403
    answer = client_for(auditor).get(url)
    assert answer["Content-Type"] == "application/zip"
    assert b"".join(answer.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]


def test_the_page_takes_as_many_queries_however_much_is_in_it(
    period: Period, client_for: SignIn, finance: User
) -> None:
    client, url = client_for(finance), reverse("period", args=[period.pk])
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(5):
        difference(f"CO-{number}")
    with CaptureQueriesContext(connection) as many:
        client.get(url)

    assert len(many) == len(few)


def test_each_point_counts_the_rows_of_the_company_that_it_opens(
    client_for: SignIn, finance: User, settings: Any
) -> None:
    settings.COMPANIES = ["main", "north"]
    limits()
    file = statement("north.csv")
    for company, number in (("main", 1), ("north", 2)):
        for one in range(number):
            of = {"company": company}
            difference(f"{company} {one}", **of)
            made = difference(f"{company} put {one}", **of)
            adjustments.propose(made, FEE, actor=finance, version=None)
            for until in (date(2026, 10, 20), date(2199, 1, 1)):
                difference(f"{company} {one} {until}", state="timing", timing_until=until, **of)
            payout(file, f"po_{company}_{one}", 500, **of)
            payout(file, f"po_{company}_{one}_of_nothing", 0, **of)
            for uploaded in (10, 90):
                held = statement(f"{company} {one} {uploaded}.csv")
                StatementFile.objects.filter(pk=held.pk).update(
                    state="held", company=company,
                    uploaded_at=datetime(2026, 10, 1, tzinfo=UTC) + timedelta(days=uploaded),
                )  # fmt: skip
    client = client_for(finance)

    for company, number in (("main", 1), ("north", 2)):
        period = periods.period_of(company, date(2026, 10, 15))
        points = client.get(reverse("period", args=[period.pk])).context["points"]
        linked = {point.slug: point for point in points if point.link}
        assert {slug: point.count for slug, point in linked.items()} == dict.fromkeys(
            linked, number
        )
        for point in linked.values():
            listed = client.get(point.link)
            assert listed.context["object_list"].count() == number, point.slug
