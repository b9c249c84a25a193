"""Two that were taken apart again: their pages say that a restriction of marketing stays."""

import pytest
from django.urls import reverse

from exceptions.customers import decisions, reads
from integration.consent import addresses, ledger
from integration.consent.suppression import standings
from integration.identity.models import Customer, Merger
from tests.exceptions.customers.conftest import at
from tests.factories.consent import opt_out

pytestmark = pytest.mark.django_db
STAYS = "A restriction of marketing stays."


@pytest.fixture
def said_no(couple: tuple[Customer, Customer]) -> tuple[Customer, Customer]:
    """The one that goes has said no by e-mail."""
    ledger.record([opt_out("jane@x.example", customer_uid=couple[1].pk)])
    return couple


def apart(couple: tuple[Customer, Customer], actor) -> Merger:
    merger = decisions.merge(*couple, actor=actor, reason="One")
    decisions.undo(merger, actor=actor, reason="Two after all")
    return merger


def test_the_page_of_each_says_what_stays_and_how_it_is_lifted(client_for, marketing, said_no):
    kept, gone = said_no
    client = client_for(marketing)
    merger = decisions.merge(kept, gone, actor=marketing, reason="One")
    before = client.get(at("customer", kept.pk)).content.decode()

    said = client.post(at("merger-undo", merger.pk), {"reason": "Two"}, follow=True)

    assert STAYS not in before
    assert "What was restricted in marketing (e-mail) stays so" in before
    assert "A restriction of marketing stays until they say yes anew." in said.content.decode()
    for one, whose in ((kept, "this customer"), (gone, "the other customer")):
        page = client.get(at("customer", one.pk)).content.decode()
        assert STAYS in page
        assert f"had said no to (e-mail) came to hold for {whose}." in page
        assert f"{reverse('consent-opt-in')}?person={kept.pk}" in page
        assert reverse("consent-person", args=[kept.pk]) in page
    hashed = addresses.person_hash(kept.pk)
    assert [one.restrictions() for _, one in standings([hashed])[hashed]]


def test_where_nothing_was_restricted_nothing_is_said_of_it(client_for, marketing, couple):
    apart(couple, marketing)

    for one in couple:
        page = client_for(marketing).get(at("customer", one.pk)).content.decode()
        assert "taken apart" in page
        assert STAYS not in page


@pytest.mark.parametrize(
    ("who", "told", "records"),
    [("operations", True, False), ("auditor", True, False), ("finance", False, False),
     ("marketing", True, True)],
)  # fmt: skip
def test_it_is_told_to_who_may_see_consent_and_lifted_by_who_keeps_it(
    who, told, records, request, client_for, marketing, said_no
):
    apart(said_no, marketing)

    page = client_for(request.getfixturevalue(who)).get(at("customer", said_no[0].pk))

    assert (STAYS in page.content.decode()) == told
    assert ("Record an opt-in" in page.content.decode()) == records


def test_any_number_of_mergers_are_read_in_two_queries(
    marketing, said_no, django_assert_num_queries
):
    for _ in range(3):
        apart(said_no, marketing)

    with django_assert_num_queries(2):
        found = reads.mergers(said_no[1])
    assert [channels for _, channels in found] == [["E-mail"]] * 3
