"""The overview, differences, matches and the matching screen, in the browser's words."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, cast

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exceptions.models import ExceptionCase
from integration.accounts.models import User
from integration.mirror.models import BookedOrder, PrimaDocument
from reconciliation import running
from reconciliation.control import controls
from reconciliation.models import (
    Adjustment,
    AdjustmentLimit,
    Difference,
    GatewayLine,
    Match,
    Period,
    Rejection,
    SavedView,
)
from reconciliation.periods import period_of
from tests.factories.books import world

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def of(key: str) -> Difference:
    return Difference.objects.get(key=key, closed_at__isnull=True)


def text(response: Any) -> str:
    return str(response.content.decode())


def test_every_page_opens_for_those_who_may_see_and_nobody_else(
    client_for: SignIn,
    finance: User,
    auditor: User,
    operations: User,
    admin_person: User,
    marketing: User,
) -> None:
    world()
    pages = [
        reverse("reconciliation"),
        reverse("agreed", args=["order_to_prima"]),
        reverse("as-of"),
        reverse("differences"),
        reverse("difference", args=[of("stripe||ch_1").pk]),
        reverse("difference", args=[of("CO-2").pk]),
        reverse("matches"),
        reverse("matching"),
    ]

    for person in (finance, auditor, operations, admin_person):
        client = client_for(person)
        assert [client.get(page).status_code for page in pages] == [200] * len(pages)
    client = client_for(marketing)
    assert [client.get(page).status_code for page in pages] == [403] * len(pages)


def test_only_finance_acts_and_a_refusal_changes_nothing(
    client_for: SignIn, auditor: User, operations: User, admin_person: User, marketing: User
) -> None:
    world()
    gateway_line = GatewayLine.objects.get(line_id="ch_1")
    pk = of("stripe||ch_1").pk
    acting = [
        reverse("difference-match", args=[pk]),
        reverse("difference-propose", args=[pk]),
        reverse("difference-ask", args=[pk]),
        reverse("differences-bulk"),
        reverse("match-undo", args=[1]),
        reverse("matching-accept", args=[gateway_line.pk]),
        reverse("matching-reject", args=[gateway_line.pk]),
    ]
    before = list(Difference.objects.values())

    for person in (auditor, operations, admin_person, marketing):
        client = client_for(person)
        assert [client.post(url, {"reason": "x"}).status_code for url in acting] == [403] * 7
        assert [client.get(url).status_code for url in acting] == [405] * 7

    assert list(Difference.objects.values()) == before
    assert (Match.objects.count(), Adjustment.objects.count(), Rejection.objects.count()) == (
        0,
        0,
        0,
    )


def test_the_pages_take_a_fixed_number_of_queries(client_for: SignIn, finance: User) -> None:
    world()
    client = client_for(finance)
    pages = {
        reverse("reconciliation"): 18,
        reverse("differences"): 10,
        reverse("difference", args=[of("stripe||ch_1").pk]): 13,
        reverse("matching"): 19,
        reverse("matches"): 7,
        reverse("payouts"): 6,
        reverse("payout-lines"): 8,
        reverse("bank-lines"): 6,
        reverse("payout-files"): 6,
        reverse("adjustments"): 7,
        reverse("periods"): 5,
    }
    for page in pages:
        client.get(page)

    took = {}
    for page in pages:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        took[page] = len(queries)

    assert took == pages


def test_both_sides_stand_beside_each_other_with_what_differs_marked(
    client_for: SignIn, auditor: User
) -> None:
    world()

    page = client_for(auditor).get(reverse("difference", args=[of("CO-2").pk]))

    assert ("Total", "100.80", "90.00", True) in page.context["sides"]
    assert ("Account", "ACME", "ACME", False) in page.context["sides"]
    assert page.context["orders"] == ["CO-2"]
    assert "Propose an adjustment" not in text(page)
    case = client_for(auditor).get(page.context["case"])
    assert case.status_code == 302
    assert case["Location"] == f"/cases/{ExceptionCase.objects.get(title__contains='CO-2').pk}/"
    assert reverse("difference", args=[of("CO-2").pk]) in text(
        client_for(auditor).get(case["Location"])
    )


def test_an_auditor_without_personal_data_sees_no_e_mail(client_for: SignIn, auditor: User) -> None:
    world()

    page = client_for(auditor).get(reverse("difference", args=[of("stripe||ch_1").pk]))

    assert "a@acme.example" not in text(page)


def test_one_line_and_two_documents_are_matched_by_hand_and_taken_apart(
    client_for: SignIn, finance: User
) -> None:
    world()
    client = client_for(finance)
    difference = of("stripe||ch_1")
    gateway_line = GatewayLine.objects.get(line_id="ch_1")
    papers = list(PrimaDocument.objects.values_list("pk", flat=True))
    PrimaDocument.objects.filter(number="INV-1").update(minor=6700)

    client.post(
        reverse("difference-match", args=[difference.pk]),
        {"lines": [gateway_line.pk], "documents": papers, "reason": "One payment"},
    )

    made = Match.objects.get()
    difference.refresh_from_db()
    assert (made.left_total, made.right_total, made.reason) == (10000, 10000, "One payment")
    assert (difference.state, difference.closed_by) == ("healed", "The line is matched")
    page = text(client.get(reverse("match", args=[made.pk])))
    assert page.count('<th scope="col">Reference</th>') == 2
    assert " and 1 more</td>" in text(client.get(reverse("matches")))
    export: Any = client.get(reverse("matches"), {"export": "csv"})
    assert " and 1 more," in b"".join(export.streaming_content).decode()

    month = period_of(made.company, made.day)
    Period.objects.filter(pk=month.pk).update(state="locked")
    shut = client.get(reverse("match", args=[made.pk])).content.decode()
    assert "cannot be undone before two people have opened the month again" in shut
    assert reverse("match-undo", args=[made.pk]) not in shut
    Period.objects.filter(pk=month.pk).update(state="open")
    client.post(reverse("match-undo", args=[made.pk]), {"reason": "Two payments after all"})

    made.refresh_from_db()
    assert made.undone_by_name == str(finance)
    assert of("stripe||ch_1").state == "open"


def test_a_proposal_waits_for_the_second_person(client_for: SignIn, finance: User) -> None:
    AdjustmentLimit.objects.create(kind="write_off", currency="GBP", amount=5000)
    world()
    difference = of("CO-2")
    page = client_for(finance).get(reverse("difference", args=[difference.pk]))
    assert "Write off: finance decides" in text(page)
    assert "No limit is set for “Book as gateway fee” in GBP" in text(page)
    url = reverse("difference-propose", args=[difference.pk])
    asked = {"kind": "write_off", "ledger": "8900", "reason": "Too small", "version": "1"}

    client_for(finance).post(url, {**asked, "version": "0"})
    assert Adjustment.objects.count() == 0
    client_for(finance).post(url, asked)

    assert Adjustment.objects.get().amount == 1080
    shown = text(client_for(finance).get(reverse("difference", args=[difference.pk])))
    assert "Write off 10.80 GBP" in shown
    assert "Decide it under Adjustments" in shown
    assert of("CO-2").state == "proposed"


def test_a_question_becomes_a_case_of_operations_and_closes_with_the_difference(
    client_for: SignIn, finance: User
) -> None:
    world()
    difference = of("CO-2")

    client_for(finance).post(
        reverse("difference-ask", args=[difference.pk]), {"question": "Who changed the price?"}
    )

    case = ExceptionCase.objects.get(kind="question_to_operations")
    assert case.status == "open"
    assert "Who changed the price?" in case.occurrences.get().message

    BookedOrder.objects.update(gross=Decimal("100.80"), tax=Decimal("16.80"))
    running.run(controls()["order_to_prima"], full=True)

    case.refresh_from_db()
    assert case.status == "resolved"


def test_many_are_proposed_at_once_and_those_that_were_not_say_why(
    client_for: SignIn, finance: User
) -> None:
    world()
    rows = [of("stripe||ch_1").pk, of("stripe||ch_2").pk]

    page = client_for(finance).post(
        reverse("differences-bulk"),
        {
            "pk": rows,
            "kind": "timing",
            "until": "2026-12-15",
            "reason": "Invoice follows",
            "query": "state=all",
        },
        follow=True,
    )

    assert Adjustment.objects.filter(kind="timing").count() == 2
    assert "Done for 2." in text(page)
    assert page.redirect_chain[-1][0].endswith("?state=all")


def test_all_that_a_filter_finds_are_proposed_at_once_and_nothing_else(
    client_for: SignIn, finance: User
) -> None:
    world()
    before = Difference.objects.filter(state="open").count()
    given = {"whole": "1", "kind": "timing", "until": "2026-12-15", "reason": "Invoice follows"}

    client_for(finance).post(
        reverse("differences-bulk"), {**given, "query": "gateway=stripe&state=open"}
    )

    keys = Adjustment.objects.order_by("difference__key").values_list("difference__key", flat=True)
    assert list(keys) == ["stripe||ch_1", "stripe||ch_2"]
    assert Difference.objects.filter(state="open").count() == before - 2


def test_many_are_decided_at_once_but_never_ones_own(
    client_for: SignIn, finance: User, finance2: User
) -> None:
    world()
    client, timing = (
        client_for(finance),
        {"kind": "timing", "until": "2026-12-15", "reason": "Soon"},
    )
    client.post(reverse("differences-bulk"), {**timing, "whole": "1", "query": "gateway=stripe"})
    decide, all_of_them = reverse("adjustments-decide"), {"decision": "approve", "whole": "1"}

    own = client.post(decide, all_of_them, follow=True)
    assert "A second person of finance has to decide" in text(own)
    assert set(Adjustment.objects.values_list("state", flat=True)) == {"proposed"}

    done = client_for(finance2).post(decide, all_of_them, follow=True)
    assert "2 approved." in text(done)
    assert Difference.objects.filter(state="timing").count() == 2


def test_the_list_narrows_searches_and_exports(client_for: SignIn, finance: User) -> None:
    world()
    client, url = client_for(finance), reverse("differences")

    def keys(query: str) -> list[str]:
        rows = client.get(f"{url}?{query}").context["object_list"]
        return sorted(row.key for row in rows)

    lines = ["stripe||ch_1", "stripe||ch_2"]
    assert keys("q=CO-2") == ["CO-2"]
    assert keys("gateway=stripe") == lines
    assert keys("control=payouts_to_documents&category=unmatched_line") == lines
    assert keys("period=2026-09") == []
    assert keys("control=order_to_prima&from=2026-10-15&to=2026-10-15") == ["CO-2"]
    assert keys("control=order_to_prima&from=2026-10-16") == []
    assert keys("currency=eur") == []
    export = client.get(f"{url}?export=csv&control=order_to_prima")
    body = b"".join(cast(Any, export).streaming_content).decode()
    assert "CO-2" in body
    workbook = client.get(f"{url}?export=xlsx")
    assert workbook.status_code == 200
    workbook.close()


def test_a_view_is_kept_for_one_person_alone(
    client_for: SignIn, finance: User, finance2: User
) -> None:
    client_for(finance).post(
        reverse("view-save"), {"page": "differences", "name": "Stripe", "query": "gateway=stripe"}
    )
    kept = SavedView.objects.get()

    assert "Stripe" in text(client_for(finance).get(reverse("differences")))
    assert "Stripe" not in text(client_for(finance2).get(reverse("differences")))
    delete = reverse("view-delete", args=[kept.pk])
    assert client_for(finance2).post(delete).status_code == 404
    assert client_for(finance).post(delete).status_code == 302
    assert SavedView.objects.count() == 0


def test_the_days_of_both_sides_are_written_as_every_page_writes_days(
    client_for: SignIn, finance: User
) -> None:
    world()
    found = of("stripe||ch_1")
    Difference.objects.filter(pk=found.pk).update(
        left={"booked_on": "2026-10-05", "reference": "2026-10-05"}
    )

    page = text(client_for(finance).get(reverse("difference", args=[found.pk])))

    assert "<td>5 Oct 2026</td>" in page
    assert "<td>2026-10-05</td>" in page  # A reference stays as it came.
