"""Open lines one after the other, and two people at one of them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from integration.accounts.models import User
from integration.mirror.models import PrimaDocument
from reconciliation.models import Match
from tests.factories.books import world
from tests.factories.matching import line

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def text(response: Any) -> str:
    return str(response.content.decode())


def test_lines_are_accepted_rejected_and_walked_one_after_the_other(
    client_for: SignIn, finance: User
) -> None:
    world()
    PrimaDocument.objects.filter(number="INV-1").update(minor=10000)
    client = client_for(finance)
    page = client.get(reverse("matching"))
    first = page.context["line"]
    best, other = (one.document for one in page.context["candidates"])
    assert (first.line_id, best.number, other.number) == ("ch_1", "INV-1", "INV-9")
    assert page.context["total"] == 2

    client.post(reverse("matching-reject", args=[first.pk]), {"document": other.pk})
    again = client.get(f"{reverse('matching')}?at={first.pk}")
    assert [one.document for one in again.context["candidates"]] == [best]

    done = client.post(
        reverse("matching-accept", args=[first.pk]), {"document": best.pk}, follow=True
    )
    assert done.context["line"].line_id == "ch_2"
    assert Match.objects.get().made_by == finance


def test_the_second_person_at_a_line_is_told_and_comes_second(
    client_for: SignIn, finance: User, finance2: User
) -> None:
    world()
    PrimaDocument.objects.filter(number="INV-1").update(minor=10000)
    one, two = client_for(finance), client_for(finance2)
    first = one.get(reverse("matching")).context["line"]
    seen = two.get(reverse("matching"))
    assert "Fiona Field opened this line" in text(seen)
    best = seen.context["candidates"][0].document

    accept = reverse("matching-accept", args=[first.pk])
    one.post(accept, {"document": best.pk})
    late = two.post(accept, {"document": best.pk}, follow=True)

    assert "Fiona Field was first" in text(late)
    assert Match.objects.count() == 1


def test_a_document_in_another_currency_leads_to_the_adjustment_and_is_no_match(
    client_for: SignIn, finance: User
) -> None:
    world()
    PrimaDocument.objects.filter(number="INV-1").update(minor=10000, currency="EUR")
    PrimaDocument.objects.filter(number="INV-9").delete()
    client = client_for(finance)

    page = client.get(reverse("matching"))

    (one,) = page.context["candidates"]
    assert one.difference is None
    assert "Propose <kbd>" not in text(page)
    there = reverse("difference", args=[page.context["difference"].pk])
    assert f'href="{there}">Adjust <kbd>a</kbd>' in text(page)
    pressed = {"document": one.document.pk}
    answer = client.post(
        reverse("matching-accept", args=[page.context["line"].pk]), pressed, follow=True
    )
    assert "one currency" in text(answer)
    assert not Match.objects.exists()


def test_a_match_without_documents_says_so(client_for: SignIn, finance: User) -> None:
    made = Match.objects.create(
        control="payouts_to_documents", rule="fees", currency="GBP", left_total=-20, right_total=-20,
        day=date(2026, 10, 15), made_at=datetime.now(UTC), account_code="7611",
        line=line(gross=-20, kind="fee"),
    )  # fmt: skip

    page = client_for(finance).get(reverse("match", args=[made.pk])).content.decode()

    assert "Booked to account 7611: there is no document." in page
    assert "until the next run books it to the account that is set then" in page
